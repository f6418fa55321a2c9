using Integration.Adapters.Shared.Web;
using Integration.Core.Intake;
using Integration.Core.Records;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>A feed of FHIR R4 resources that senders push to it.</summary>
internal sealed class FhirEndpointAdapter : WebFeedAdapter
{
    /// <param name="resources">What the record holds of this source, for conditions.</param>
    /// <param name="budget">What all connections of the process may hold.</param>
    public FhirEndpointAdapter(
        string feed, FhirEndpointOptions options, IMessageIntake intake, SourceResources resources, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers)
        : base(feed, new FeedListenOptions(options.Listen, options.MaxConnections, options.Tls), time, loggers)
    {
        var receiver = new FhirReceiver(feed, options, intake, new FhirConditions(options.AssigningAuthority, resources), time);
        Endpoint = new FhirHttpEndpoint(feed, options, new FhirBundleReceiver(receiver, options), receiver, budget, loggers.CreateLogger<FhirEndpointAdapter>());
        Description = $"FHIR, {ServerDescription}{options.Path}";
    }

    public override string Description { get; }

    protected override IHttpApplication<HttpContext> Endpoint { get; }
}
