using Integration.Core.Storage;

namespace Integration.Storage.Mongo.Writing;

/// <summary>Batches that wait for the writer thread, one lane a priority, each bounded: a full lane makes its callers wait.</summary>
internal sealed class CommitQueue : IDisposable
{
    private const int Capacity = 4096;

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _work = new(false, spinCount: 0);
    private readonly Lane _intake = new();
    private readonly Lane _processing = new();
    private bool _closed;

    /// <summary>Hands a batch over; waits while its lane is full.</summary>
    /// <exception cref="ObjectDisposedException">The queue is closed.</exception>
    public async ValueTask EnqueueAsync(PreparedBatch batch, CommitPriority priority, CancellationToken cancellationToken)
    {
        var lane = priority == CommitPriority.Intake ? _intake : _processing;
        await lane.Slots.WaitAsync(cancellationToken);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(MongoDocumentStore));
            lane.Batches.Enqueue(batch);
            _work.Set();
        }
    }

    /// <summary>
    /// Blocks until batches wait and takes as many as one transaction may hold: those of senders first, of the others at least
    /// <paramref name="mostBatches"/> divided by four, so that neither waits for ever.
    /// </summary>
    /// <returns>None when the queue is closed and empty.</returns>
    public List<PreparedBatch> Take(int mostBatches, long mostBytes)
    {
        var taken = new List<PreparedBatch>();
        while (true)
        {
            _work.Wait();
            lock (_lock)
            {
                var bytes = 0L;
                Take(_intake, mostBatches - (mostBatches / 4), mostBytes, taken, ref bytes);
                Take(_processing, mostBatches, mostBytes, taken, ref bytes);
                if (_intake.Batches.Count + _processing.Batches.Count == 0 && !_closed)
                {
                    _work.Reset();
                }

                if (taken.Count > 0 || _closed)
                {
                    return taken;
                }
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

    private static void Take(Lane lane, int mostBatches, long mostBytes, List<PreparedBatch> taken, ref long bytes)
    {
        var before = taken.Count;
        while (taken.Count < mostBatches && (taken.Count == 0 || bytes < mostBytes) && lane.Batches.TryDequeue(out var batch))
        {
            taken.Add(batch);
            bytes += batch.Bytes;
        }

        if (taken.Count > before)
        {
            lane.Slots.Release(taken.Count - before);
        }
    }

    private sealed class Lane
    {
        public readonly Queue<PreparedBatch> Batches = new();
        public readonly SemaphoreSlim Slots = new(Capacity, Capacity);
    }
}
