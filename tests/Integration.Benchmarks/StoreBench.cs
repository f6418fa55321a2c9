using System.Diagnostics;
using Integration.Core.Storage;

namespace Integration.Benchmarks;

/// <summary>
/// What the store alone can do: journal appends as intake makes them, commits as the pipeline makes them, both at once, and reads.
/// Prints batches a second, latencies, CPU and bytes on disk. The callers run in the same process, as they do in the product.
/// </summary>
public static class StoreBench
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measure = TimeSpan.FromSeconds(4);

    public static void Run() => RunAsync().GetAwaiter().GetResult();

    private static async Task RunAsync()
    {
        Console.WriteLine($"{"what",-34} {"batches/s",10} {"p50 ms",8} {"p99 ms",8} {"max ms",8} {"CPU µs",8} {"disk B",8}");
        foreach (var callers in new[] { 1, 8, 32, 256 })
        {
            await MeasureAsync($"journal append, {callers} callers", new Load(callers, CommitPriority.Intake, StoreBenchDocuments.Append));
        }

        await MeasureAsync("processing, 64 callers, 8 puts", new Load(64, CommitPriority.Processing, StoreBenchDocuments.Processing));
        await MeasureAsync(
            "both: append, 32 callers",
            new Load(32, CommitPriority.Intake, StoreBenchDocuments.Append),
            new Load(64, CommitPriority.Processing, StoreBenchDocuments.Processing));
        await MeasureReadsAsync();
    }

    private static async Task MeasureAsync(string what, params Load[] loads)
    {
        await using var bench = await BenchStore.OpenAsync();
        using var stop = new CancellationTokenSource();
        var callers = loads.SelectMany(load => Enumerable.Range(0, load.Callers).Select(caller => Task.Run(() => CallAsync(bench.Store, load, caller, stop.Token))));
        var running = callers.ToList();
        await Task.Delay(WarmUp);
        foreach (var load in loads)
        {
            load.Clear();
        }

        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(Measure);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var latencies = loads.Select(load => load.Take()).ToList();
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        await stop.CancelAsync();
        await Task.WhenAll(running);

        // Closing copies the log into the file, so that what is left is what the documents take.
        await bench.Store.DisposeAsync();

        var batches = latencies.Sum(list => list.Count);
        for (var i = 0; i < loads.Length; i++)
        {
            Print(i == 0 ? what : $"  {loads[i].Priority}, {loads[i].Callers} callers", latencies[i], seconds, cpu.TotalMicroseconds / batches, bench.Bytes / loads.Sum(load => load.Total));
        }
    }

    private static async Task MeasureReadsAsync()
    {
        await using var bench = await BenchStore.OpenAsync();
        using var stop = new CancellationTokenSource();
        var write = new Load(8, CommitPriority.Processing, StoreBenchDocuments.Processing);
        await Task.WhenAll(Enumerable.Range(0, write.Callers).Select(caller => Task.Run(() => CallAsync(bench.Store, write, caller, stop.Token, 500))));
        var latencies = new List<double>();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 50_000; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await bench.Store.GetAsync(Collections.Patients, StoreBenchDocuments.PatientId(i % 8, i % 500), false, CancellationToken.None);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Print("get one patient, 1 caller", latencies, Stopwatch.GetElapsedTime(began).TotalSeconds, cpu.TotalMicroseconds / latencies.Count, 0);
    }

    private static async Task CallAsync(IDocumentStore store, Load load, int caller, CancellationToken stop, int most = int.MaxValue)
    {
        for (var i = 0; i < most && !stop.IsCancellationRequested; i++)
        {
            var batch = load.Make(caller, i);
            var start = Stopwatch.GetTimestamp();
            if (await store.CommitAsync(batch, load.Priority, CancellationToken.None) is not CommitResult.Committed)
            {
                throw new InvalidOperationException("A batch of the benchmark met a conflict.");
            }

            load.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static void Print(string what, List<double> latencies, double seconds, double cpuMicroseconds, long bytes)
    {
        latencies.Sort();
        Console.WriteLine(
            $"{what,-34} {latencies.Count / seconds,10:N0} {latencies[latencies.Count / 2],8:N2} {latencies[latencies.Count * 99 / 100],8:N2} " +
            $"{latencies[^1],8:N2} {cpuMicroseconds,8:N1} {bytes,8:N0}");
    }

    private sealed class Load(int callers, CommitPriority priority, Func<int, int, WriteBatch> make)
    {
        private readonly Lock _lock = new();
        private List<double> _latencies = [];

        public int Callers { get; } = callers;

        public CommitPriority Priority { get; } = priority;

        /// <summary>The n-th batch of a caller.</summary>
        public Func<int, int, WriteBatch> Make { get; } = make;

        /// <summary>Batches since the store was opened, the warm-up too.</summary>
        public long Total { get; private set; }

        public void Add(double milliseconds)
        {
            lock (_lock)
            {
                _latencies.Add(milliseconds);
                Total++;
            }
        }

        public void Clear() => Take();

        public List<double> Take()
        {
            lock (_lock)
            {
                var taken = _latencies;
                _latencies = new List<double>(1 << 18);
                return taken;
            }
        }
    }
}
