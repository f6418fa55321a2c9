using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Core.Diagnostics;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Sockets;

/// <summary>A server of connections: accepts senders up to a limit, each served on its own, and stops without losing an answer.</summary>
internal sealed class FeedListener(
    string feed, FeedListenerOptions options, TlsIdentity? tls, ServeConnection serve, ILogger logger) : IAsyncDisposable
{
    private const int Backlog = 512;
    private const int MaxRefusals = 1000;

    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<long, Task> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly HashSet<(IPAddress? Address, string Reason)> _refusals = [];   // guarded by itself
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;
    private long _lastConnection;
    private int _openConnections;
    private bool _isStopped;

    /// <summary>Where it listens, with the port it got; null before <see cref="Start"/>.</summary>
    public IPEndPoint? LocalEndpoint { get; private set; }

    public int Connections => Volatile.Read(ref _openConnections);

    /// <summary>Opens the port. Once only.</summary>
    /// <exception cref="ConfigurationException">The port cannot be opened.</exception>
    public void Start()
    {
        var socket = new Socket(options.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(options.Endpoint);
            socket.Listen(Backlog);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new ConfigurationException([Explain(exception)]);
        }

        _socket = socket;
        LocalEndpoint = (IPEndPoint)socket.LocalEndPoint!;
        _accepting = AcceptAsync(socket);
        SocketLog.Listening(logger, feed, options.Protocol, LocalEndpoint.ToString());
    }

    /// <summary>Closes the port, lets every connection answer what it has taken, and closes them; when the token ends, at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _socket?.Dispose();
        await _accepting;
        await using (cancellationToken.Register(_abort.Cancel))
        {
            await Task.WhenAll(_connections.Values);
        }

        if (LocalEndpoint is not null && !_isStopped)
        {
            _isStopped = true;
            SocketLog.Stopped(logger, feed, options.Protocol, LocalEndpoint.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The sources are left to the collector: they hold no timer, and disposing twice must be harmless.
        await _abort.CancelAsync();
        await StopAsync(CancellationToken.None);
    }

    private async Task AcceptAsync(Socket listening)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Admit(await listening.AcceptAsync(_stop.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException && _stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException exception)
            {
                // The peer left before it was accepted, or the process is out of file handles: both pass.
                SocketLog.AcceptFailed(logger, feed, exception.Message);
                await Task.Delay(AcceptRetryDelay, CancellationToken.None);
            }
        }
    }

    private void Admit(Socket socket)
    {
        try
        {
            FeedSocket.Prepare(socket);
        }
        catch (SocketException)
        {
            // Reset by the peer already.
            socket.Dispose();
            throw;
        }

        var peer = socket.RemoteEndPoint?.ToString() ?? "unknown";
        if (Connections >= options.MaxConnections)
        {
            SocketLog.Full(logger, feed, peer, options.MaxConnections);
            socket.Dispose();
            return;
        }

        Interlocked.Increment(ref _openConnections);
        SocketLog.Connected(logger, feed, peer);
        var number = ++_lastConnection;
        _connections[number] = Task.Run(() => ServeAsync(socket, peer));
        _ = _connections[number].ContinueWith(
            _ =>
            {
                Interlocked.Decrement(ref _openConnections);
                _connections.TryRemove(number, out var _);
                SocketLog.Disconnected(logger, feed, peer);
            },
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket, string peer)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (tls is null)
        {
            await serve(plain, socket, peer, _stop.Token, _abort.Token);
        }
        else if (await SecureAsync(tls, plain, peer) is { } secured)
        {
            await serve(secured, socket, peer, _stop.Token, _abort.Token);
        }
    }

    /// <summary>
    /// A monitor that knocks every few seconds, or a sender whose certificate has ended, must not fill the log: each address is logged once a
    /// reason, the next time at debug level only.
    /// </summary>
    private void TellRefusal(string peer, string reason)
    {
        var address = IPEndPoint.TryParse(peer, out var endpoint) ? endpoint.Address : null;
        lock (_refusals)
        {
            var isNew = _refusals.Count < MaxRefusals && _refusals.Add((address, reason));
            SocketLog.HandshakeFailed(logger, isNew ? LogLevel.Warning : LogLevel.Debug, feed, peer, reason);
        }
    }

    /// <returns>Null when the peer was refused; the connection is closed then.</returns>
    private async Task<Stream?> SecureAsync(TlsIdentity identity, NetworkStream plain, string peer)
    {
        try
        {
            return await identity.AcceptAsync(plain, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            SocketLog.Aborted(logger, feed, peer);
        }
        catch (Exception exception) when (exception is AuthenticationException or TimeoutException or IOException)
        {
            TellRefusal(peer, exception.Message);
        }
        catch (Exception exception)
        {
            // Edge of the connection: a defect of ours, or of the platform's TLS, ends this connection only.
            SocketLog.Faulted(logger, exception, feed, peer);
        }

        return null;
    }

    private ConfigurationProblem Explain(SocketException exception)
    {
        var place = $"Feeds:{feed}:Listen";
        return exception.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => new(
                place, $"Port {options.Endpoint.Port} on {options.Endpoint.Address} is already in use.",
                $"Stop the program that uses it, or choose another port, e.g. --{place}={options.Endpoint.Address}:{options.Endpoint.Port + 1}."),
            SocketError.AddressNotAvailable => new(
                place, $"This machine has no address {options.Endpoint.Address}.", "Use 127.0.0.1, or 0.0.0.0 for every address it has."),
            SocketError.AccessDenied => new(
                place, $"Port {options.Endpoint.Port} may not be opened by this user.", "Choose a port above 1023."),
            _ => new(place, $"The port cannot be opened: {exception.Message}.", "Choose another address or port."),
        };
    }
}
