using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// One connection to a sender, whoever opened it. Reads frames and begins to handle each at once, so that pipelined messages are journaled together, and writes the
/// answers in the order of the messages.
/// </summary>
/// <param name="stream">Plain or secured; owns the socket.</param>
/// <param name="socket">Below the stream.</param>
internal sealed class MllpConnection(
    Stream stream, Socket socket, string feed, MllpLimits options, IMllpMessageHandler handler, ILogger logger)
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly IntakeBudget.Share _share = options.Budget.Open();
    private readonly string _peer = socket.RemoteEndPoint?.ToString() ?? "unknown";

    /// <summary>Messages taken so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Serves the connection until it ends. Never throws.</summary>
    /// <param name="stop">Take no more messages, answer those taken, close.</param>
    /// <param name="abort">Close at once.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        await using var owned = stream;
        using var share = _share;
        try
        {
            await ServeAsync(stop, abort);
            await CloseGentlyAsync(abort);
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

    private async Task ServeAsync(CancellationToken stop, CancellationToken abort)
    {
        var answers = new MllpAnswerWriter(stream, options.IdleTimeout);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
        var writing = answers.RunAsync(ending, stop, abort);
        try
        {
            await TakeMessagesAsync(answers, ending.Token, abort);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            // Stopping, or the writer failed; awaiting the writer tells which.
        }
        finally
        {
            answers.Complete();
            await writing;
        }
    }

    private async Task TakeMessagesAsync(MllpAnswerWriter answers, CancellationToken ending, CancellationToken abort)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        using var reader = new MllpFrameReader(pipe, options.MaxMessageBytes, options.IdleTimeout, ending, _share);
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
        MllpReadResult result, MllpAnswerWriter answers, CancellationToken ending, CancellationToken abort)
    {
        switch (result)
        {
            case MllpReadResult.Frame frame:
                Frames++;

                // A message already taken is journaled even when the sender is gone.
                return await answers.WaitForRoomAsync(ending) && answers.TryAdd(AnswerAsync(frame.Message, abort));
            case MllpReadResult.TooLong tooLong:
                MllpLog.TooLong(logger, feed, _peer, options.MaxMessageBytes);
                _ = await answers.WaitForRoomAsync(ending) && answers.TryAdd(new(new MllpAnswer(handler.RefuseTooLong(tooLong.Beginning))));
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

    private async ValueTask<MllpAnswer> AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken abort)
    {
        _share.Arrived(message.Length);
        try
        {
            return await handler.AnswerAsync(message, abort);
        }
        finally
        {
            _share.GiveBack(message.Length);
        }
    }

    /// <summary>Says that nothing more will come, and reads on for a moment: closing with unread bytes would make TCP discard our last answers.</summary>
    private async Task CloseGentlyAsync(CancellationToken abort)
    {
        if (stream is SslStream secured)
        {
            await secured.ShutdownAsync();
        }

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
