using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>Makes <c>Hl7v2.Mllp</c> feeds.</summary>
internal sealed class Hl7v2MllpAdapterFactory(TimeProvider time, ILoggerFactory loggers) : IInboundAdapterFactory
{
    public const string AdapterName = "Hl7v2.Mllp";

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings) =>
        Hl7v2AdapterSettings.Read(feed, settings).Problems;

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var (options, problems) = Hl7v2AdapterSettings.Read(feed, settings);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new Hl7v2MllpAdapter(feed, options, intake, time, loggers.CreateLogger<Hl7v2MllpAdapter>());
    }
}
