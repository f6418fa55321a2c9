using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// One sender. Reads frames and begins to handle each at once, so that pipelined messages are journaled together, and writes the
/// answers in the order of the messages.
/// </summary>
internal sealed class MllpConnection(
    Socket socket, string feed, MllpListenerOptions options, IMllpMessageHandler handler, ILogger logger)
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly string _peer = socket.RemoteEndPoint?.ToString() ?? "unknown";

    /// <summary>Serves the connection until it ends. Never throws.</summary>
    /// <param name="stop">Take no more messages, answer those taken, close.</param>
    /// <param name="abort">Close at once.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await ServeAsync(stream, stop, abort);
            await CloseGentlyAsync(stream, abort);
        }
        catch (OperationCanceledException)
        {
            MllpLog.Aborted(logger, feed, _peer);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            MllpLog.Broken(logger, feed, _peer, exception.Message);
        }
        catch (Exception exception)
        {
            // Edge of the connection: a defect of ours ends this connection only. Nothing was acknowledged, so the sender resends.
            MllpLog.Faulted(logger, exception, feed, _peer);
        }
    }

    private async Task ServeAsync(NetworkStream stream, CancellationToken stop, CancellationToken abort)
    {
        var answers = Channel.CreateBounded<ValueTask<byte[]>>(
            new BoundedChannelOptions(MllpListenerOptions.MaxInFlight) { SingleReader = true, SingleWriter = true });
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        var writing = WriteAnswersAsync(stream, answers, ending, abort);
        try
        {
            await TakeMessagesAsync(stream, answers.Writer, ending.Token, abort);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            // Stopping, or the writer failed; awaiting the writer tells which.
        }
        finally
        {
            answers.Writer.TryComplete();
            await writing;
        }
    }

    private async Task TakeMessagesAsync(
        NetworkStream stream, ChannelWriter<ValueTask<byte[]>> answers, CancellationToken ending, CancellationToken abort)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        using var reader = new MllpFrameReader(pipe, options.MaxMessageBytes, options.IdleTimeout, ending);
        try
        {
            while (await reader.ReadAsync() is var result && await TakeAsync(result, answers, ending, abort))
            {
            }
        }
        finally
        {
            await pipe.CompleteAsync();
            if (reader.SkippedBytes > 0)
            {
                MllpLog.Skipped(logger, feed, _peer, reader.SkippedBytes);
            }
        }
    }

    /// <returns>False when the connection is to be closed.</returns>
    private async ValueTask<bool> TakeAsync(
        MllpReadResult result, ChannelWriter<ValueTask<byte[]>> answers, CancellationToken ending, CancellationToken abort)
    {
        switch (result)
        {
            case MllpReadResult.Frame frame:
                // Room first: what has begun is always answered. A message already taken is journaled even when the sender is gone.
                if (await answers.WaitToWriteAsync(ending))
                {
                    return answers.TryWrite(handler.AnswerAsync(frame.Message, abort));
                }

                return false;
            case MllpReadResult.TooLong tooLong:
                MllpLog.TooLong(logger, feed, _peer, options.MaxMessageBytes);
                await answers.WriteAsync(new(handler.RefuseTooLong(tooLong.Beginning)), ending);
                return false;
            case MllpReadResult.Incomplete incomplete:
                MllpLog.Incomplete(logger, feed, _peer, incomplete.Bytes);
                return false;
            case MllpReadResult.Idle:
                MllpLog.Idle(logger, feed, _peer, options.IdleTimeout);
                return false;
            default:
                return false;
        }
    }

    private async Task WriteAnswersAsync(
        NetworkStream stream, Channel<ValueTask<byte[]>> answers, CancellationTokenSource ending, CancellationToken abort)
    {
        // A sender that does not take its answers is as good as idle.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        try
        {
            await foreach (var answer in answers.Reader.ReadAllAsync(abort))
            {
                Write(pipe, await answer);
                if (answers.Reader.TryPeek(out var next) && next.IsCompleted)
                {
                    continue;
                }

                patience.CancelAfter(options.IdleTimeout);
                await pipe.FlushAsync(patience.Token);
                patience.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
        finally
        {
            // Releases the reading side, should it wait for room or for bytes.
            answers.Writer.TryComplete();
            await ending.CancelAsync();
        }
    }

    private static void Write(PipeWriter pipe, byte[] answer)
    {
        var frame = pipe.GetSpan(answer.Length + 3);
        frame[0] = MllpFraming.StartBlock;
        answer.CopyTo(frame[1..]);
        frame[answer.Length + 1] = MllpFraming.EndBlock;
        frame[answer.Length + 2] = MllpFraming.CarriageReturn;
        pipe.Advance(answer.Length + 3);
    }

    /// <summary>Says that nothing more will come, and reads on for a moment: closing with unread bytes would make TCP discard our last answers.</summary>
    private async Task CloseGentlyAsync(NetworkStream stream, CancellationToken abort)
    {
        socket.Shutdown(SocketShutdown.Send);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(abort);
        patience.CancelAfter(Linger);
        var waste = new byte[4096];
        try
        {
            while (await stream.ReadAsync(waste, patience.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            MllpLog.Lingered(logger, feed, _peer);
        }
    }
}
