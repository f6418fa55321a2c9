using System.Net;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Shared.Web;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>A feed of HL7 v2 messages over HTTP, on a web server of its own.</summary>
internal sealed class Hl7v2HttpAdapter : IInboundAdapter
{
    private readonly FeedWebServer _server;
    private readonly Hl7HttpEndpoint _endpoint;

    /// <param name="ledger">Where batches are noted; null: nowhere.</param>
    /// <param name="budget">What all connections of the process may hold.</param>
    public Hl7v2HttpAdapter(
        string feed, Hl7v2HttpOptions options, IMessageIntake intake, FileLedger? ledger, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers)
    {
        Feed = feed;
        var logger = loggers.CreateLogger<Hl7v2HttpAdapter>();
        var receiver = new Hl7MessageReceiver(feed, options, intake, time, logger);
        _endpoint = new Hl7HttpEndpoint(options, receiver, new Hl7BatchReceiver(receiver, ledger, time, logger), budget, logger);
        _server = new FeedWebServer(feed, new FeedListenOptions(options.Listen, options.MaxConnections, options.Tls), time, loggers);
        Description = $"{_server.Description}, POST {options.Path}";
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
