using System.IO.Pipelines;
using System.Net.Sockets;
using Integration.Adapters.Hl7v2.Parsing;

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

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly TimeSpan _ackTimeout;
    private readonly Action<Hl7Ack>? _onUnexpected;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Hl7Parser _parser = new();
    private readonly Task _reading;
    private Exception? _broken;

    private MllpSender(Socket socket, TimeSpan ackTimeout, Action<Hl7Ack>? onUnexpected)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _ackTimeout = ackTimeout;
        _onUnexpected = onUnexpected;
        _reading = Task.Run(ReadAcksAsync);
    }

    /// <param name="host">Name or address.</param>
    /// <param name="ackTimeout">How long each message waits for its acknowledgement.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Task<MllpSender> ConnectAsync(string host, int port, TimeSpan ackTimeout, CancellationToken cancellationToken) =>
        ConnectAsync(host, port, ackTimeout, onUnexpected: null, cancellationToken);

    /// <inheritdoc cref="ConnectAsync(string, int, TimeSpan, CancellationToken)"/>
    /// <param name="onUnexpected">Told of each answer that names no waiting message, e.g. since it came too late. From any thread.</param>
    public static async Task<MllpSender> ConnectAsync(
        string host, int port, TimeSpan ackTimeout, Action<Hl7Ack>? onUnexpected, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new(socket, ackTimeout, onUnexpected);
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
    public ValueTask CloseAsync()
    {
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
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _reading;
        await _stream.DisposeAsync();
        _socket.Dispose();
        _closing.Dispose();
        _writing.Dispose();
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
                Deliver(Hl7Ack.Read(frame.Message, _parser));
            }

            reason = new IOException("The receiver closed the connection.");
        }
        catch (OperationCanceledException)
        {
            reason = new IOException("The connection was closed here.");
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            reason = exception;
        }

        await pipe.CompleteAsync();
        FailAll(reason);
    }

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
