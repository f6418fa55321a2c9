using Integration.Core.Intake;
using Integration.Core.Records;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>Makes <c>Fhir.Endpoint</c> feeds.</summary>
/// <param name="resources">Asked for only when a feed is created: its settings are checked without a store.</param>
internal sealed class FhirEndpointAdapterFactory(
    Func<SourceResources> resources, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null)
    : InboundAdapterFactory<FhirEndpointOptions>(AdapterName, environment)
{
    public const string AdapterName = "Fhir.Endpoint";

    protected override FhirEndpointOptions Read(SettingsReader settings) => FhirEndpointOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, FhirEndpointOptions options, IMessageIntake intake) =>
        new FhirEndpointAdapter(feed, options, intake, resources(), budget, time, loggers);
}
