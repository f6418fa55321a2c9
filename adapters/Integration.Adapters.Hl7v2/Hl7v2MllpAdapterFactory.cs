using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>Makes <c>Hl7v2.Mllp</c> feeds.</summary>
/// <param name="ledger">Where batches are noted; null: nowhere.</param>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class Hl7v2MllpAdapterFactory(IntakeBudget budget, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, Func<FileLedger>? ledger = null)
    : IInboundAdapterFactory
{
    public const string AdapterName = "Hl7v2.Mllp";

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings)
    {
        var reader = Reader(settings);
        Hl7v2MllpSettings.Read(reader);
        return reader.Problems;
    }

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var reader = Reader(settings);
        var options = Hl7v2MllpSettings.Read(reader);
        return reader.Problems.Count > 0
            ? throw new ConfigurationException(reader.Problems)
            : new Hl7v2MllpAdapter(feed, options, intake, budget, time, loggers.CreateLogger<Hl7v2MllpAdapter>(), ledger?.Invoke());
    }

    private SettingsReader Reader(IConfigurationSection settings) => new(settings, environment?.ContentRootPath);
}
