using System.IO.Pipelines;
using System.Threading.Channels;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>
/// Writes the answers of one connection: the first answer to each message in the order of the messages, a later one whenever it is ready.
/// </summary>
/// <param name="patience">A sender that takes no bytes for so long is given up.</param>
internal sealed class MllpAnswerWriter(Stream stream, TimeSpan patience)
{
    /// <summary>Messages of one connection whose later answer may be outstanding; then reading stops and TCP slows the sender down.</summary>
    private const int MaxUnfinished = 1000;

    /// <summary>How long a stop waits for later answers. Their messages are durable and can be asked for again.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(2);

    private readonly Channel<ValueTask<MllpAnswer>> _answers = Channel.CreateBounded<ValueTask<MllpAnswer>>(
        new BoundedChannelOptions(MllpLimits.MaxInFlight) { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim _room = new(MaxUnfinished);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly HashSet<Task> _later = [];
    private readonly PipeWriter _pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>Returns when one more message may begin; what has begun is always answered. Called by the reading side only.</summary>
    /// <returns>False when nothing more can be answered.</returns>
    public async ValueTask<bool> WaitForRoomAsync(CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        return await _answers.Writer.WaitToWriteAsync(cancellationToken);
    }

    /// <summary>Takes the answer for which there was room.</summary>
    public bool TryAdd(ValueTask<MllpAnswer> answer) => _answers.Writer.TryWrite(answer);

    /// <summary>No further message will come.</summary>
    public void Complete() => _answers.Writer.TryComplete();

    /// <summary>Runs until everything is written.</summary>
    /// <param name="ending">Cancelled here when writing ends, so that the reading side ends too.</param>
    /// <param name="stop">Later answers are waited for only a moment longer.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync(CancellationTokenSource ending, CancellationToken stop, CancellationToken abort)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(abort);
        await using var hurry = stop.Register(() => limit.CancelAfter(StopPatience));
        try
        {
            await foreach (var pending in _answers.Reader.ReadAllAsync(abort))
            {
                var answer = await pending;
                var isMoreReady = _answers.Reader.TryPeek(out var next) && next.IsCompleted;
                await WriteAsync(answer.First, flush: !isMoreReady, abort);
                if (answer.Later is { } later)
                {
                    Keep(WriteLaterAsync(later, ending, limit.Token));
                }
                else
                {
                    _room.Release();
                }
            }

            await FinishLaterAsync(abort);
        }
        finally
        {
            _answers.Writer.TryComplete();
            await ending.CancelAsync();
            await limit.CancelAsync();
        }
    }

    private void Keep(Task writing)
    {
        _later.RemoveWhere(t => t.IsCompletedSuccessfully);
        _later.Add(writing);
    }

    private async Task FinishLaterAsync(CancellationToken abort)
    {
        try
        {
            await Task.WhenAll(_later);
        }
        catch (OperationCanceledException) when (!abort.IsCancellationRequested)
        {
            // Stopping: those senders ask again.
        }
    }

    private async Task WriteLaterAsync(Task<byte[]?> later, CancellationTokenSource ending, CancellationToken limit)
    {
        try
        {
            await WriteAsync(await later.WaitAsync(limit), flush: true, limit);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Ends the reading side; the exception itself is met where all of them are awaited.
            await ending.CancelAsync();
            throw;
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task WriteAsync(byte[]? answer, bool flush, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (answer is not null)
            {
                WriteFrame(answer);
            }

            if (flush && _pipe.UnflushedBytes > 0)
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(patience);
                await _pipe.FlushAsync(limit.Token);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private void WriteFrame(byte[] answer)
    {
        var frame = _pipe.GetSpan(answer.Length + 3);
        frame[0] = MllpFraming.StartBlock;
        answer.CopyTo(frame[1..]);
        frame[answer.Length + 1] = MllpFraming.EndBlock;
        frame[answer.Length + 2] = MllpFraming.CarriageReturn;
        _pipe.Advance(answer.Length + 3);
    }
}
