using Integration.Core.Intake;

namespace Integration.Core.Pipeline;

/// <summary>
/// Runs messages of one patient key one after another in the order given, and those of different keys side by side.
/// </summary>
/// <param name="run">Runs one message to its end; throws only when cancelled.</param>
/// <param name="maxBusy">Lanes that run at the same time.</param>
/// <param name="maxQueued">Messages held in memory; then <see cref="EnqueueAsync"/> waits, and the rest stays in the journal.</param>
/// <param name="scheduler">Where lanes run.</param>
public sealed class PatientLanes(Func<WaitingMessage, CancellationToken, Task> run, int maxBusy, int maxQueued, TaskScheduler scheduler)
{
    private const int UsualMaxBusy = 64;      // enough to fill a commit; each holds a message in memory
    private const int UsualMaxQueued = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<WaitingMessage>> _lanes = new(StringComparer.Ordinal);   // present: the lane is running
    private readonly HashSet<Task> _running = [];
    private readonly SemaphoreSlim _room = new(maxQueued);
    private readonly SemaphoreSlim _busy = new(maxBusy);

    /// <summary>Lanes that run <paramref name="pipeline"/> on the threads of <paramref name="scheduler"/>.</summary>
    public PatientLanes(MessagePipeline pipeline, LaneScheduler scheduler)
        : this(pipeline.RunAsync, UsualMaxBusy, UsualMaxQueued, scheduler)
    {
    }

    /// <summary>Lanes that hold at least one message.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lanes.Count;
            }
        }
    }

    public async ValueTask EnqueueAsync(WaitingMessage message, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        var key = message.Message.PatientKey is { Length: > 0 } patientKey ? patientKey : message.Message.Id;
        lock (_lock)
        {
            if (_lanes.TryGetValue(key, out var queue))
            {
                queue.Enqueue(message);
                return;
            }

            _lanes[key] = new Queue<WaitingMessage>();
            var lane = Task.Factory.StartNew(
                () => RunLaneAsync(key, message, cancellationToken), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
            _running.Add(lane);
            _ = lane.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Returns when every lane has stopped: after cancellation, when the message each was running has come to rest.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    private async Task RunLaneAsync(string key, WaitingMessage message, CancellationToken cancellationToken)
    {
        await _busy.WaitAsync(CancellationToken.None);
        try
        {
            for (var next = message; next is not null && !cancellationToken.IsCancellationRequested; next = Next(key))
            {
                await run(next, cancellationToken);
                _room.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: what has not finished is still waiting in the journal.
        }
        finally
        {
            _busy.Release();
        }
    }

    private WaitingMessage? Next(string key)
    {
        lock (_lock)
        {
            if (_lanes[key].TryDequeue(out var next))
            {
                return next;
            }

            _lanes.Remove(key);
            return null;
        }
    }

    private void Forget(Task lane)
    {
        lock (_lock)
        {
            _running.Remove(lane);
        }
    }
}
