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
    private const int UsualMaxBusy = 256;      // enough to fill one commit while another is written; each holds what it commits in memory

    /// <summary>Messages held in memory.</summary>
    public const int UsualMaxQueued = 2000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);   // present: the lane is running
    private readonly HashSet<Task> _running = [];
    private readonly SemaphoreSlim _room = new(maxQueued);
    private readonly SemaphoreSlim _busy = new(maxBusy);

    /// <summary>Lanes that run messages by <paramref name="guard"/> on the threads of <paramref name="scheduler"/>.</summary>
    public PatientLanes(CrashGuard guard, LaneScheduler scheduler)
        : this(guard.RunAsync, UsualMaxBusy, UsualMaxQueued, scheduler)
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
        var key = KeyOf(message);
        lock (_lock)
        {
            if (_lanes.TryGetValue(key, out var running))
            {
                running.Queue.Enqueue(message);
                return;
            }

            Start(key, new Lane { Queue = new Queue<WaitingMessage>(), Cancelled = cancellationToken }, message);
        }
    }

    /// <summary>
    /// Gives up on a message that does not come to an end: those behind it in its lane go on without it. When its run ends after all, nothing follows.
    /// </summary>
    public void Abandon(WaitingMessage message)
    {
        lock (_lock)
        {
            if (!_lanes.TryGetValue(KeyOf(message), out var lane) || lane.Running?.Message.Id != message.Message.Id)
            {
                return;
            }

            lane.IsAbandoned = true;
            _running.Remove(lane.Task!);
            _lanes.Remove(lane.Key);
            _busy.Release();
            _room.Release();
            if (lane.Queue.TryDequeue(out var next))
            {
                Start(lane.Key, new Lane { Queue = lane.Queue, Cancelled = lane.Cancelled }, next);
            }
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

    private static string KeyOf(WaitingMessage message) => message.Message.PatientKey is { Length: > 0 } patientKey ? patientKey : message.Message.Id;

    // Under the lock.
    private void Start(string key, Lane lane, WaitingMessage first)
    {
        lane.Key = key;
        _lanes[key] = lane;
        lane.Task = Task.Factory.StartNew(
            () => RunLaneAsync(lane, first), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
        _running.Add(lane.Task);
        _ = lane.Task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunLaneAsync(Lane lane, WaitingMessage message)
    {
        await _busy.WaitAsync(CancellationToken.None);
        var isMine = true;
        try
        {
            for (var next = message; next is not null && !lane.Cancelled.IsCancellationRequested; next = Next(lane))
            {
                Begin(lane, next);
                await run(next, lane.Cancelled);
                isMine = End(lane);
                if (!isMine)
                {
                    return;
                }

                _room.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping: what has not finished is still waiting in the journal.
            isMine = End(lane);
        }
        finally
        {
            if (isMine)
            {
                _busy.Release();
            }
        }
    }

    /// <returns>False when another lane has taken its place, and with it its room.</returns>
    private bool End(Lane lane)
    {
        lock (_lock)
        {
            lane.Running = null;
            return !lane.IsAbandoned;
        }
    }

    private void Begin(Lane lane, WaitingMessage message)
    {
        lock (_lock)
        {
            lane.Running = message;
        }
    }

    private WaitingMessage? Next(Lane lane)
    {
        lock (_lock)
        {
            if (lane.Queue.TryDequeue(out var next))
            {
                return next;
            }

            _lanes.Remove(lane.Key);
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

    private sealed class Lane
    {
        public required Queue<WaitingMessage> Queue { get; init; }

        public required CancellationToken Cancelled { get; init; }

        public string Key { get; set; } = "";

        public Task? Task { get; set; }

        /// <summary>The message it runs now.</summary>
        public WaitingMessage? Running { get; set; }

        /// <summary>Another lane has taken its place.</summary>
        public bool IsAbandoned { get; set; }
    }
}
