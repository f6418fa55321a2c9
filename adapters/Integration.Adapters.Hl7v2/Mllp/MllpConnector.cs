using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Adapters.Shared.Sockets;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// MLLP client mode: connects out to a sender that listens, takes its messages, and connects again for as long as it takes when the
/// connection ends or nobody is there yet.
/// </summary>
internal sealed class MllpConnector(
    string feed, MllpConnectorOptions options, MllpLimits limits, TlsIdentity? tls, IMllpMessageHandler handler, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A connection that ends sooner without a message was no connection: the peer, or something before it, threw us out.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Outage _outage = new(time);
    private readonly string _peer = $"{options.Peer.Host}:{options.Peer.Port}";
    private Task _running = Task.CompletedTask;
    private volatile LinkStatus _link = new(LinkStatus.Connecting, time.GetUtcNow(), null);

    public LinkStatus Link => _link;

    /// <summary>Begins to connect; returns at once. Once only.</summary>
    public void Start()
    {
        _link = new(LinkStatus.Connecting, time.GetUtcNow(), null);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Answers what it has taken, and closes; when the token ends, at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await using (cancellationToken.Register(_abort.Cancel))
        {
            await _running;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The sources are left to the collector: they hold no timer, and disposing twice must be harmless.
        await _abort.CancelAsync();
        await StopAsync(CancellationToken.None);
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (await TryServeAsync() is not { } problem)
                {
                    continue;
                }

                if (_outage.Failed(problem))
                {
                    MllpLog.CannotConnect(logger, feed, _peer, problem);
                }

                _link = _link with { Problem = problem };
                await Task.Delay(
                    Backoff.PauseAfter(_outage.Failures, options.LongestPause, Random.Shared.NextDouble()), time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception exception)
        {
            // Edge of the loop: a defect of ours. The feed shows that it is not connected any more.
            MllpLog.ConnectorFaulted(logger, exception, feed, _peer);
            _link = new(LinkStatus.Connecting, time.GetUtcNow(), $"Internal fault ({exception.GetType().Name}); restart the engine and report it.");
        }
    }

    /// <summary>One connection from its beginning to its end.</summary>
    /// <returns>Why there was none; null when there was one.</returns>
    private async Task<string?> TryServeAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Stream? stream = null;
        try
        {
            stream = await OpenAsync(socket);
        }
        catch (Exception exception) when (exception is SocketException or IOException or AuthenticationException or TimeoutException)
        {
            return exception.Message;
        }
        finally
        {
            if (stream is null)
            {
                socket.Dispose();
            }
        }

        var began = time.GetUtcNow();
        _link = new(LinkStatus.Connected, began, null);
        SocketLog.Connected(logger, feed, _peer);
        var served = new MllpConnection(stream, socket, feed, limits, handler, logger);
        var isServing = served.RunAsync(_stop.Token, _abort.Token);
        await Task.WhenAny(isServing, Task.Delay(ShortestLife, time, _stop.Token));
        if (!isServing.IsCompleted || served.Frames > 0)
        {
            TellRecovery();
        }

        await isServing;
        SocketLog.Disconnected(logger, feed, _peer);
        _link = new(LinkStatus.Connecting, time.GetUtcNow(), null);
        return served.Frames > 0 || time.GetUtcNow() - began >= ShortestLife ? null : "The peer closed the connection at once.";
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            await socket.ConnectAsync(options.Peer.Host, options.Peer.Port, limit.Token);
        }
        catch (OperationCanceledException exception) when (!_stop.IsCancellationRequested)
        {
            throw new TimeoutException($"Nobody answered within {ConnectTimeout.TotalSeconds:0} s.", exception);
        }

        FeedSocket.Prepare(socket);
        var stream = new NetworkStream(socket, ownsSocket: true);
        return tls is null ? stream : await tls.ConnectAsync(stream, options.Peer.Host, _stop.Token);
    }

    private void TellRecovery()
    {
        if (_outage.Over() is var (duration, failures))
        {
            MllpLog.Recovered(logger, feed, _peer, duration, failures);
        }
    }
}

/// <summary>Whom an MLLP client connects to.</summary>
/// <param name="LongestPause">Between two tries.</param>
internal sealed record MllpConnectorOptions(DnsEndPoint Peer, TimeSpan LongestPause);
