using System.Collections.Concurrent;
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

    private readonly BlockingCollection<Task> _work = [];
    private readonly ManualResetEventSlim _stopping = new();
    private readonly IntakePressure _pressure;
    private readonly Thread[] _threads;

    /// <summary>A thread for each core.</summary>
    public LaneScheduler(IntakePressure pressure)
        : this(pressure, Environment.ProcessorCount)
    {
    }

    /// <param name="threads">How many messages are computed on at the same time; those that wait for a commit take no thread.</param>
    public LaneScheduler(IntakePressure pressure, int threads)
    {
        _pressure = pressure;
        _threads = [.. Enumerable.Range(0, threads).Select(n => new Thread(() => Run(isFirst: n == 0)) { Name = $"lane-{n + 1}", IsBackground = true })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    public override int MaximumConcurrencyLevel => _threads.Length;

    /// <summary>Lets the threads end once nothing is left to run.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _work.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
        _stopping.Dispose();
    }

    protected override void QueueTask(Task task) => _work.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && _threads.Contains(Thread.CurrentThread) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => _work;

    private void Run(bool isFirst)
    {
        foreach (var task in _work.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
            while (_pressure.IsHigh && !_stopping.Wait(Rest) && !isFirst)
            {
                // The first thread pauses once and goes on, so that the record never stands still; the others wait until it is quiet.
            }
        }
    }
}
