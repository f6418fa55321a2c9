using System.Net;
using Integration.Adapters.Shared.Web;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Records;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>A feed of FHIR R4 resources that senders push to it, on a web server of its own.</summary>
internal sealed class FhirEndpointAdapter : IInboundAdapter
{
    private readonly FeedWebServer _server;
    private readonly FhirHttpEndpoint _endpoint;

    /// <param name="resources">What the record holds of this source, for conditions.</param>
    /// <param name="budget">What all connections of the process may hold.</param>
    public FhirEndpointAdapter(
        string feed, FhirEndpointOptions options, IMessageIntake intake, SourceResources resources, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers)
    {
        Feed = feed;
        var receiver = new FhirReceiver(feed, options, intake, new FhirConditions(options.AssigningAuthority, resources), time);
        _endpoint = new FhirHttpEndpoint(feed, options, new FhirBundleReceiver(receiver, options), receiver, budget, loggers.CreateLogger<FhirEndpointAdapter>());
        _server = new FeedWebServer(feed, new FeedListenOptions(options.Listen, options.MaxConnections, options.Tls), time, loggers);
        Description = $"FHIR, {_server.Description}{options.Path}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => _server.Connections;

    public TransportStatus Transport => _server.Transport;

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _server.LocalEndpoint;

    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(_endpoint, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
