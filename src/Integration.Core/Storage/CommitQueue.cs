namespace Integration.Core.Storage;

/// <summary>
/// Batches that wait for an engine's one writer thread, one lane a priority, each bounded: a full lane makes its callers wait. Any thread may hand over;
/// only the writer thread takes.
/// </summary>
/// <typeparam name="T">A batch as the engine has prepared it, and the promise that its caller waits for.</typeparam>
public sealed class CommitQueue<T> : IDisposable
    where T : TaskCompletionSource<CommitResult>
{
    /// <summary>Batches of one priority that wait or are being written. Far more than one commit takes, so that it never runs short.</summary>
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _work = new(false, spinCount: 0);
    private readonly Lane _intake = new();
    private readonly Lane _processing = new();
    private bool _closed;

    /// <summary>Whether senders wait.</summary>
    public bool HasIntake => Volatile.Read(ref _intake.Count) > 0;

    /// <summary>Hands a batch over, first waiting while its lane is full, and waits until it is durable or refused. Cancelling ends the wait alone.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public async ValueTask<CommitResult> CommitAsync(T batch, CommitPriority priority, CancellationToken cancellationToken)
    {
        await EnqueueAsync(batch, priority, cancellationToken);
        return await batch.Task.WaitAsync(cancellationToken);
    }

    /// <summary>The batch that came first; null when none waits. Its slot stays taken until <see cref="Release"/>.</summary>
    public T? TryTake(CommitPriority priority)
    {
        var lane = LaneOf(priority);
        lock (_lock)
        {
            if (!lane.Batches.TryDequeue(out var batch))
            {
                return null;
            }

            lane.Count--;
            return batch;
        }
    }

    /// <summary>Gives slots back once the batches are completed.</summary>
    public void Release(CommitPriority priority, int count)
    {
        if (count > 0)
        {
            LaneOf(priority).Slots.Release(count);
        }
    }

    /// <summary>Blocks until a batch waits. False when none came in time or the queue is closed and empty.</summary>
    public bool WaitForWork(TimeSpan timeout)
    {
        lock (_lock)
        {
            if (_intake.Count + _processing.Count > 0)
            {
                return true;
            }

            if (_closed)
            {
                return false;
            }

            _work.Reset();
        }

        return _work.Wait(timeout);
    }

    public bool IsDrained
    {
        get
        {
            lock (_lock)
            {
                return _closed && _intake.Count + _processing.Count == 0;
            }
        }
    }

    /// <summary>Takes no more batches; those that wait are still handed out.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _work.Set();
        }
    }

    public void Dispose()
    {
        _work.Dispose();
        _intake.Slots.Dispose();
        _processing.Slots.Dispose();
    }

    private ValueTask EnqueueAsync(T batch, CommitPriority priority, CancellationToken cancellationToken)
    {
        var lane = LaneOf(priority);

        // Takes a slot that is free and never blocks: a wait of no time costs less than an asynchronous one, which every message would pay.
        if (lane.Slots.Wait(0, CancellationToken.None))
        {
            Add(batch, lane);
            return ValueTask.CompletedTask;
        }

        return WaitAndAddAsync(batch, lane, cancellationToken);
    }

    private async ValueTask WaitAndAddAsync(T batch, Lane lane, CancellationToken cancellationToken)
    {
        await lane.Slots.WaitAsync(cancellationToken);
        Add(batch, lane);
    }

    private void Add(T batch, Lane lane)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(IDocumentStore));
            lane.Batches.Enqueue(batch);
            lane.Count++;
            if (!_work.IsSet)
            {
                _work.Set();
            }
        }
    }

    private Lane LaneOf(CommitPriority priority) => priority == CommitPriority.Intake ? _intake : _processing;

    private sealed class Lane
    {
        public readonly Queue<T> Batches = new();
        public readonly SemaphoreSlim Slots = new(Capacity, Capacity);
        public int Count;
    }
}
