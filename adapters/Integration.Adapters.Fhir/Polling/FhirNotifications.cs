using System.Net;
using System.Threading.Channels;
using Integration.Adapters.Shared.Web;
using Integration.Core.Feeds;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Where the subscriptions of a FHIR server notify us.</summary>
/// <param name="Path">Address that is notified; what stands behind it does not matter.</param>
/// <param name="Tls">Null: no TLS.</param>
internal sealed record FhirNotificationOptions(IPEndPoint Listen, string Path, TlsOptions? Tls, SenderCredentials Credentials)
{
    private const string UsualPath = "/notify";

    /// <summary>Keys that are read here.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["Listen", "Path", .. SenderCredentials.Keys, .. TlsSettings.ListenKeys];

    /// <summary>The options as far as they can be read; null: there are no subscriptions. Problems go to the reader.</summary>
    public static FhirNotificationOptions? Read(SettingsReader settings)
    {
        var path = settings.Parsed(
            "Path", text => text.StartsWith('/') && !text.Contains('?', StringComparison.Ordinal) ? text.TrimEnd('/') : null,
            "It must begin with a slash.", "Write it like /notify.");
        var (tls, credentials) = (TlsSettings.ReadForListening(settings), SenderCredentials.Read(settings));
        if (!settings.Has("Listen"))
        {
            if (path is not null || tls is not null || credentials.AreNeeded)
            {
                settings.Report("Listen", "Nothing listens for notifications.", "Set it to an address and port, e.g. 127.0.0.1:8083, or leave Path, keys and Tls out.");
            }

            return null;
        }

        return settings.Endpoint("Listen") is { } listen ? new FhirNotificationOptions(listen, path ?? UsualPath, tls, credentials) : null;
    }
}

/// <summary>
/// Takes the notifications of rest-hook subscriptions (FHIR R4 subscription.html §2.46.6.1). A notification says only that there is something: what it carries is not taken, since it may
/// be late, out of order or missing; the server is asked at once instead, from where the last question ended. Safe for many threads.
/// </summary>
internal sealed class FhirNotifications : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private const int MaxConnections = 100;

    private readonly string _feed;
    private readonly FhirNotificationOptions _options;
    private readonly FeedWebServer _server;
    private readonly HttpCredentials _credentials;
    private readonly ILogger _logger;

    // Room for one: however many come while the server is asked, it is asked once more.
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public FhirNotifications(string feed, FhirNotificationOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        (_feed, _options) = (feed, options);
        _server = new FeedWebServer(feed, new FeedListenOptions(options.Listen, MaxConnections, options.Tls), time, loggers);
        _credentials = new HttpCredentials(options.Credentials, "fhir");
        _logger = loggers.CreateLogger<FhirNotifications>();
    }

    public string Description => $"{_server.Description}{_options.Path}";

    public int Connections => _server.Connections;

    public TransportStatus Transport => _server.Transport;

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _server.LocalEndpoint;

    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(this, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Returns when one has come since the last that was waited for.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _arrived.Reader.ReadAsync(cancellationToken);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held beside the features, which the server owns.
    }

    public Task ProcessRequestAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_credentials.Allow(request))
        {
            WebLog.Unauthorized(_logger, _feed, $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}");
            _credentials.Challenge(response);
            response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (!request.Path.StartsWithSegments(_options.Path, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
        }
        else if (request.Method is not ("POST" or "PUT" or "DELETE"))
        {
            response.Headers.Allow = "POST, PUT, DELETE";
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        }
        else
        {
            _arrived.Writer.TryWrite(true);
            response.StatusCode = StatusCodes.Status200OK;
        }

        return Task.CompletedTask;
    }
}
