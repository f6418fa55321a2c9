using System.Net;
using System.Net.Sockets;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>A feed of HL7 v2 messages over HTTP, on a web server of its own: apart from API and console, with their keys and their limits.</summary>
internal sealed class Hl7v2HttpAdapter : IInboundAdapter
{
    private readonly Hl7v2HttpOptions _options;
    private readonly KestrelServer _server;
    private readonly Hl7HttpEndpoint _endpoint;
    private readonly ILogger _logger;
    private readonly TlsIdentity? _tls;
    private int _connections;

    /// <param name="ledger">Where batches are noted; null: nowhere.</param>
    /// <param name="budget">What all connections of the process may hold.</param>
    public Hl7v2HttpAdapter(
        string feed, Hl7v2HttpOptions options, IMessageIntake intake, FileLedger? ledger, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers)
    {
        Feed = feed;
        _options = options;
        _logger = loggers.CreateLogger<Hl7v2HttpAdapter>();
        var receiver = new Hl7MessageReceiver(feed, options, intake, time, _logger);
        _endpoint = new Hl7HttpEndpoint(options, receiver, new Hl7BatchReceiver(receiver, ledger, time, _logger), budget, _logger);
        _tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, _logger);
        _server = new KestrelServer(
            Options.Create(ServerOptions()), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        Description = $"HTTP{(_tls is null ? "" : "S")} server on {options.Listen}, POST {options.Path}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => Volatile.Read(ref _connections);

    public TransportStatus Transport => TransportStatus.None with { Certificate = _tls?.Status };

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint { get; private set; }

    /// <exception cref="ConfigurationException">The port cannot be opened.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _server.StartAsync(_endpoint, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new ConfigurationException([Explain(exception)]);
        }

        var address = new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        LocalEndpoint = new IPEndPoint(_options.Listen.Address, address.Port);
        HttpLog.Listening(_logger, Feed, LocalEndpoint.ToString());
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _server.StopAsync(cancellationToken);
        if (LocalEndpoint is { } endpoint)
        {
            HttpLog.Stopped(_logger, Feed, endpoint.ToString());
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

        // The endpoint counts bytes itself, so that a message that is too long is still answered in HL7.
        server.Limits.MaxRequestBodySize = null;
        server.Listen(_options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => CountAsync(next, connection));
            if (_tls is not null)
            {
                var transport = new TlsTransport(_tls, Feed, _logger);
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
        var place = $"Feeds:{Feed}:Listen";
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
