using System.Diagnostics;

namespace Integration.Benchmarks;

/// <summary>What several rounds of one piece of work gave.</summary>
/// <param name="PerSecond">Median round, a second of processor time, so that what else the machine does hardly counts.</param>
/// <param name="BytesEach">Allocated by one call.</param>
internal readonly record struct RoundResult(double PerSecond, double Lowest, double Highest, double BytesEach);

/// <summary>Repeats work for some seconds.</summary>
internal static class Rounds
{
    private const int Count = 7;

    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(300);

    /// <param name="batch">Calls between two looks at the clock.</param>
    public static RoundResult Measure(Func<int> work, int batch = 100)
    {
        _ = Run(work, batch);
        var rates = new double[Count];
        double bytes = 0;
        for (var round = 0; round < Count; round++)
        {
            (rates[round], bytes) = Run(work, batch);
        }

        Array.Sort(rates);
        return new(rates[Count / 2], rates[0], rates[^1], bytes);
    }

    private static (double PerSecond, double BytesEach) Run(Func<int> work, int batch)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var used = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var count = 0L;
        do
        {
            for (var i = 0; i < batch; i++)
            {
                _ = work();
            }

            count += batch;
        }
        while (Stopwatch.GetElapsedTime(start) < RoundTime);

        return (count / (Environment.CpuUsage.TotalTime - used).TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count);
    }
}
