using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// A connection to an MLLP server. Calls may overlap: their messages then travel one behind the other without waiting, and each call
/// gets the acknowledgement whose MSA-2 is its MSH-10. An answer that names no waiting message counts for none;
/// one without MSA-2 can only be meant for a message without MSH-10.
/// </summary>
/// <remarks>Safe for many threads. Once broken, it stays broken: connect anew.</remarks>
public sealed class MllpSender : IAsyncDisposable
{
    private const int MaxAckBytes = 1024 * 1024;

    // How long a connection that is closed for sending still listens, so that answers that came too late are told.
    private static readonly TimeSpan Linger = TimeSpan.FromMinutes(2);

    // A peer that takes no more bytes must not hold up closing.
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeSpan _ackTimeout;
    private readonly Action<Hl7Ack>? _onUnexpected;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Hl7Parser _parser = new();
    private readonly Task _reading;
    private Exception? _broken;
    private volatile bool _wasAnswered;

    private MllpSender(Socket socket, Stream stream, TimeSpan ackTimeout, Action<Hl7Ack>? onUnexpected)
    {
        _socket = socket;
        _stream = stream;
        _ackTimeout = ackTimeout;
        _onUnexpected = onUnexpected;
        _reading = Task.Run(ReadAcksAsync);
    }

    /// <param name="host">Name or address.</param>
    /// <param name="ackTimeout">How long each message waits for its acknowledgement.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Task<MllpSender> ConnectAsync(string host, int port, TimeSpan ackTimeout, CancellationToken cancellationToken) =>
        ConnectAsync(host, port, ackTimeout, tls: null, onUnexpected: null, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(string, int, TimeSpan, CancellationToken)"/>
    /// <param name="tls">What is shown and trusted; null: no TLS. Stays the caller's.</param>
    /// <param name="onUnexpected">Told of each answer that names no waiting message, e.g. since it came too late. From any thread.</param>
    /// <exception cref="AuthenticationException">The receiver's certificate is refused, or there is no TLS; the text says why.</exception>
    /// <exception cref="IOException">The connection broke in the TLS handshake, or that took too long.</exception>
    public static async Task<MllpSender> ConnectAsync(
        string host, int port, TimeSpan ackTimeout, TlsIdentity? tls, Action<Hl7Ack>? onUnexpected, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new(socket, await SecureAsync(socket, tls, host, cancellationToken), ackTimeout, onUnexpected);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one message and waits for its acknowledgement.</summary>
    /// <param name="message">Without framing.</param>
    /// <exception cref="TimeoutException">No acknowledgement came in time. The receiver may have the message or not: send it again.</exception>
    /// <exception cref="IOException">The connection broke; as above.</exception>
    public Task<Hl7Ack> SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        SendAsync(message, _ackTimeout, awaitApplication: false, cancellationToken);

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="ackTimeout">How long this message waits, whatever was said at connect.</param>
    /// <param name="awaitApplication">Enhanced mode: behind CA wait on, for the application's answer. HL7 v2.5.1 §2.9.3.</param>
    public async Task<Hl7Ack> SendAsync(ReadOnlyMemory<byte> message, TimeSpan ackTimeout, bool awaitApplication, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(Hl7Header.Read(message, "", Hl7ReadingOptions.Default).ControlId, awaitApplication);
        Add(waiting);
        try
        {
            await WriteAsync(MllpFraming.Wrap(message.Span), ackTimeout, cancellationToken);
            return await waiting.Answer.Task.WaitAsync(ackTimeout, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"No acknowledgement for message '{waiting.ControlId}' within {ackTimeout.TotalSeconds:0.#} s.", exception);
        }
        finally
        {
            lock (_waiting)
            {
                _waiting.Remove(waiting);
            }
        }
    }

    /// <summary>
    /// Closes the connection for sending and returns. What the receiver still answers is told as unexpected, until it closes too or two minutes
    /// have passed. Instead of <see cref="DisposeAsync"/>.
    /// </summary>
    public async ValueTask CloseAsync()
    {
        await SayFarewellAsync();
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Broken already: nothing will come, and reading ends at once.
        }

        _closing.CancelAfter(Linger);
        _ = _reading.ContinueWith(
            _ => DisposeAsync().AsTask(), CancellationToken.None, TaskContinuationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await SayFarewellAsync();
        await _closing.CancelAsync();
        await _reading;
        await _stream.DisposeAsync();
        _socket.Dispose();
        _closing.Dispose();
        _writing.Dispose();
    }

    private static async Task<Stream> SecureAsync(Socket socket, TlsIdentity? tls, string host, CancellationToken cancellationToken)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        try
        {
            return tls is null ? plain : await tls.ConnectAsync(plain, host, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            // Nothing was sent, so it is no missing acknowledgement.
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>The end of TLS, so that the receiver can tell it from a cut line. RFC 8446 §6.1.</summary>
    private async Task SayFarewellAsync()
    {
        if (_stream is not SslStream secured || _closing.IsCancellationRequested || !await _writing.WaitAsync(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            await secured.ShutdownAsync().WaitAsync(FarewellLimit);
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException)
        {
            // Broken, closed before, or a peer that takes no bytes: it will see the line cut.
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Add(Waiting waiting)
    {
        lock (_waiting)
        {
            if (_broken is not null)
            {
                throw new IOException(_broken.Message, _broken);
            }

            _waiting.AddLast(waiting);
        }
    }

    private async Task WriteAsync(byte[] frame, TimeSpan ackTimeout, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            // Half a frame would spoil the next one, so a write that has begun is not cancelled by its caller.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            limit.CancelAfter(ackTimeout);
            await _stream.WriteAsync(frame, limit.Token);
        }
        catch (OperationCanceledException) when (!_closing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await _closing.CancelAsync();
            throw new TimeoutException("The receiver takes no more bytes; the connection was closed.");
        }
        catch (IOException exception) when (!_closing.IsCancellationRequested)
        {
            throw Told(exception);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAcksAsync()
    {
        var pipe = PipeReader.Create(_stream, new StreamPipeReaderOptions(leaveOpen: true));
        using var reader = new MllpFrameReader(pipe, MaxAckBytes, Timeout.InfiniteTimeSpan, _closing.Token);
        Exception reason;
        try
        {
            while (await reader.ReadAsync() is MllpReadResult.Frame frame)
            {
                _wasAnswered = true;
                Deliver(Hl7Ack.Read(frame.Message, _parser));
            }

            reason = Told(new IOException("The receiver closed the connection."));
        }
        catch (OperationCanceledException)
        {
            reason = new IOException("The connection was closed here.");
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            reason = Told(exception);
        }

        await pipe.CompleteAsync();
        FailAll(reason);
    }

    /// <summary>
    /// With TLS 1.3 a receiver that asks for a certificate refuses ours only after the handshake is done here, often without a word: a connection that
    /// ends before any answer is told with what to look at, in one line.
    /// </summary>
    private Exception Told(Exception exception) => _stream is not SslStream || _wasAnswered ? exception : new IOException(
        $"The receiver ended the TLS connection before any answer ({exception.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.')}). "
        + "If it asks for certificates, it does not take ours; see Tls:Certificate.", exception);

    private void Deliver(Hl7Ack ack)
    {
        lock (_waiting)
        {
            for (var node = _waiting.First; node is not null; node = node.Next)
            {
                if (node.Value.ControlId != ack.ControlId)
                {
                    continue;
                }

                if (ack.Code != AcknowledgmentCode.CA || !node.Value.AwaitsApplication)
                {
                    _waiting.Remove(node);
                    node.Value.Answer.TrySetResult(ack);
                }

                return;
            }
        }

        _onUnexpected?.Invoke(ack);
    }

    private void FailAll(Exception reason)
    {
        lock (_waiting)
        {
            _broken = reason;
            foreach (var waiting in _waiting)
            {
                waiting.Answer.TrySetException(new IOException(reason.Message, reason));
            }

            _waiting.Clear();
        }
    }

    private sealed class Waiting(string controlId, bool awaitsApplication)
    {
        public string ControlId { get; } = controlId;

        public bool AwaitsApplication { get; } = awaitsApplication;

        public TaskCompletionSource<Hl7Ack> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
