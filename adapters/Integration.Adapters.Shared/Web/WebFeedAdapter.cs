using System.Net;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Web;

/// <summary>A feed that senders push to over HTTP, on a web server of its own.</summary>
internal abstract class WebFeedAdapter(string feed, FeedListenOptions listen, TimeProvider time, ILoggerFactory loggers) : IInboundAdapter
{
    private readonly FeedWebServer _server = new(feed, listen, time, loggers);

    public string Feed => feed;

    public abstract string Description { get; }

    public int? Connections => _server.Connections;

    public TransportStatus Transport => _server.Transport;

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _server.LocalEndpoint;

    /// <summary>See <see cref="FeedWebServer.Description"/>.</summary>
    protected string ServerDescription => _server.Description;

    /// <summary>What answers the requests.</summary>
    protected abstract IHttpApplication<HttpContext> Endpoint { get; }

    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(Endpoint, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
