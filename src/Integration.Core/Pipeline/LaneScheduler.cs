using System.Collections.Concurrent;
using System.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Core.Pipeline;

/// <summary>
/// Runs the lanes on threads of their own, so that a backlog of messages to process never stands in front of an acknowledgement in the
/// thread pool's queue. Everything a lane awaits continues here too.
/// </summary>
/// <remarks>While many senders wait, one thread goes on slowly and the others rest: what is acknowledged is safe and can wait.</remarks>
public sealed class LaneScheduler : TaskScheduler, IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly BlockingCollection<Task> _work = [];
    private readonly ManualResetEventSlim _stopping = new();
    private readonly IntakePressure _pressure;
    private readonly Worker[] _workers;

    /// <summary>A thread for each core.</summary>
    public LaneScheduler(IntakePressure pressure)
        : this(pressure, Environment.ProcessorCount)
    {
    }

    /// <param name="threads">How many messages are computed on at the same time; those that wait for a commit take no thread.</param>
    public LaneScheduler(IntakePressure pressure, int threads)
    {
        _pressure = pressure;
        _workers = [.. Enumerable.Range(0, threads).Select(n => new Worker(this, n))];
        foreach (var worker in _workers)
        {
            worker.Thread.Start();
        }
    }

    public override int MaximumConcurrencyLevel => _workers.Length;

    /// <summary>Starts another thread for each that has been computing on one message without a break for longer than this; the stuck one ends when it gets free.</summary>
    public void ReplaceStuckThreads(TimeSpan limit)
    {
        for (var n = 0; n < _workers.Length; n++)
        {
            if (!_stopping.IsSet && _workers[n].IsStuck(limit))
            {
                _workers[n].Replace();
                _workers[n] = new Worker(this, n);
                _workers[n].Thread.Start();
            }
        }
    }

    /// <summary>Lets the threads end once nothing is left to run. A thread that is stuck on a message ends with the process.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _work.CompleteAdding();
        var ended = true;
        foreach (var worker in _workers)
        {
            ended &= worker.Thread.Join(Patience);
        }

        if (ended)
        {
            _work.Dispose();
            _stopping.Dispose();
        }
    }

    protected override void QueueTask(Task task) => _work.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && _workers.Any(worker => worker.Thread == Thread.CurrentThread) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _work;

    private sealed class Worker
    {
        private readonly LaneScheduler _scheduler;
        private readonly bool _isFirst;
        private long _busySince;   // 0 while idle
        private volatile bool _replaced;

        public Worker(LaneScheduler scheduler, int number)
        {
            _scheduler = scheduler;
            _isFirst = number == 0;
            Thread = new Thread(Run) { Name = $"lane-{number + 1}", IsBackground = true };
        }

        public Thread Thread { get; }

        public bool IsStuck(TimeSpan limit) => Volatile.Read(ref _busySince) is var since && since != 0 && Stopwatch.GetElapsedTime(since) > limit;

        public void Replace() => _replaced = true;

        private void Run()
        {
            foreach (var task in _scheduler._work.GetConsumingEnumerable())
            {
                Volatile.Write(ref _busySince, Stopwatch.GetTimestamp());
                _scheduler.TryExecuteTask(task);
                if (_replaced)
                {
                    return;
                }

                Volatile.Write(ref _busySince, 0);
                while (_scheduler._pressure.IsHigh && !_scheduler._stopping.Wait(Rest) && !_isFirst)
                {
                    // The first thread pauses once and goes on, so that the record never stands still; the others wait until it is quiet.
                }
            }
        }
    }
}
