using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>Makes <c>Fhir.Endpoint</c> feeds.</summary>
/// <param name="resources">Asked for only when a feed is created: its settings are checked without a store.</param>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class FhirEndpointAdapterFactory(
    Func<SourceResources> resources, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IInboundAdapterFactory
{
    public const string AdapterName = "Fhir.Endpoint";

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings)
    {
        var reader = Reader(settings);
        FhirEndpointOptions.Read(reader);
        return reader.Problems;
    }

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var reader = Reader(settings);
        var options = FhirEndpointOptions.Read(reader);
        return reader.Problems.Count > 0
            ? throw new ConfigurationException(reader.Problems)
            : new FhirEndpointAdapter(feed, options, intake, resources(), budget, time, loggers);
    }

    private SettingsReader Reader(IConfigurationSection settings) => new(settings, environment?.ContentRootPath);
}
