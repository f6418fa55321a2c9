using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Makes <c>Fhir.Poll</c> feeds.</summary>
/// <param name="watermarks">Asked for only when a feed is created: its settings are checked without a store.</param>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class FhirPollAdapterFactory(
    Func<FeedWatermarks> watermarks, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IInboundAdapterFactory
{
    public const string AdapterName = "Fhir.Poll";

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings)
    {
        var reader = Reader(settings);
        FhirPollOptions.Read(reader);
        return reader.Problems;
    }

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var reader = Reader(settings);
        var options = FhirPollOptions.Read(reader);
        return reader.Problems.Count > 0
            ? throw new ConfigurationException(reader.Problems)
            : new FhirPollAdapter(feed, options, watermarks(), intake, time, loggers);
    }

    private SettingsReader Reader(IConfigurationSection settings) => new(settings, environment?.ContentRootPath);
}
