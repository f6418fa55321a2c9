using System.Net;
using System.Net.Sockets;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Integration.Adapters.Shared.Web;

/// <summary>Where the web server of a feed listens.</summary>
/// <param name="Listen">Port 0: any free port.</param>
/// <param name="MaxConnections">Senders connected at once; further ones are closed right away.</param>
/// <param name="Tls">Null: no TLS.</param>
internal sealed record FeedListenOptions(IPEndPoint Listen, int MaxConnections, TlsOptions? Tls);

/// <summary>The web server of one feed: apart from API and console, with their keys and their limits.</summary>
internal sealed class FeedWebServer : IAsyncDisposable
{
    private readonly string _feed;
    private readonly FeedListenOptions _options;
    private readonly KestrelServer _server;
    private readonly ILogger _logger;
    private readonly TlsIdentity? _tls;
    private int _connections;

    public FeedWebServer(string feed, FeedListenOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _feed = feed;
        _options = options;
        _logger = loggers.CreateLogger<FeedWebServer>();
        _tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, _logger);
        _server = new KestrelServer(
            Options.Create(ServerOptions()), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
    }

    /// <summary>e.g. <c>HTTPS server on 127.0.0.1:8081</c>.</summary>
    public string Description => $"HTTP{(_tls is null ? "" : "S")} server on {_options.Listen}";

    public int Connections => Volatile.Read(ref _connections);

    public TransportStatus Transport => TransportStatus.None with { Certificate = _tls?.Status };

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint { get; private set; }

    /// <exception cref="ConfigurationException">The port cannot be opened.</exception>
    public async Task StartAsync(IHttpApplication<HttpContext> application, CancellationToken cancellationToken)
    {
        try
        {
            await _server.StartAsync(application, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new ConfigurationException([Explain(exception)]);
        }

        var address = new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        LocalEndpoint = new IPEndPoint(_options.Listen.Address, address.Port);
        WebLog.Listening(_logger, _feed, LocalEndpoint.ToString());
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _server.StopAsync(cancellationToken);
        if (LocalEndpoint is { } endpoint)
        {
            WebLog.Stopped(_logger, _feed, endpoint.ToString());
        }
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        _tls?.Dispose();
        return ValueTask.CompletedTask;
    }

    private KestrelServerOptions ServerOptions()
    {
        var server = new KestrelServerOptions { AddServerHeader = false };
        server.Limits.MaxConcurrentConnections = _options.MaxConnections;

        // The endpoint counts bytes itself, so that a message that is too long is still answered in the words of its format.
        server.Limits.MaxRequestBodySize = null;
        server.Listen(_options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => CountAsync(next, connection));
            if (_tls is not null)
            {
                var transport = new TlsTransport(_tls, _feed, _logger);
                listen.Use(next => connection => transport.RunAsync(next, connection));
            }
        });
        return server;
    }

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private ConfigurationProblem Explain(Exception exception)
    {
        var place = $"Feeds:{_feed}:Listen";
        var inner = exception;
        while (inner is not (null or SocketException))
        {
            inner = inner.InnerException;   // the server wraps it once or twice
        }

        return (inner as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => new(
                place, $"Port {_options.Listen.Port} on {_options.Listen.Address} is already in use.",
                $"Stop the program that uses it, or choose another port, e.g. --{place}={_options.Listen.Address}:{_options.Listen.Port + 1}."),
            SocketError.AddressNotAvailable => new(
                place, $"This machine has no address {_options.Listen.Address}.", "Use 127.0.0.1, or 0.0.0.0 for every address it has."),
            SocketError.AccessDenied => new(
                place, $"Port {_options.Listen.Port} may not be opened by this user.", "Choose a port above 1023."),
            _ => new(place, $"The port cannot be opened: {exception.Message}.", "Choose another address or port."),
        };
    }
}
