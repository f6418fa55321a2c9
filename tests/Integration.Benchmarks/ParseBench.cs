using System.Diagnostics;

namespace Integration.Benchmarks;

/// <summary>
/// The parser alone on one core, in a few seconds and without BenchmarkDotNet: messages a second of processor time, so that what else the
/// machine does hardly counts, and bytes allocated a message.
/// </summary>
internal static class ParseBench
{
    private const int Rounds = 7;

    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(400);

    /// <summary>Prints the median round of each sample.</summary>
    public static void Run()
    {
        var benchmark = new Hl7ParserBenchmark();
        Measure($"ADT {Hl7Samples.Adt.Length} bytes, 10 reads", benchmark.Adt);
        Measure($"ADT {Hl7Samples.AdtGb18030.Length} bytes GB18030, 10 reads", benchmark.AdtGb18030);
        Measure($"ORU {Hl7Samples.Oru.Length} bytes, 10 reads", benchmark.Oru);
    }

    private static void Measure(string name, Func<int> parse)
    {
        _ = RunRound(parse);
        var rates = new double[Rounds];
        double bytes = 0;
        for (var round = 0; round < Rounds; round++)
        {
            (rates[round], bytes) = RunRound(parse);
        }

        Array.Sort(rates);
        Console.WriteLine($"{name}: {rates[Rounds / 2]:N0} messages/s on one core (lowest {rates[0]:N0}, highest {rates[^1]:N0}), {bytes:N0} bytes allocated/message");
    }

    private static (double PerSecond, double BytesEach) RunRound(Func<int> parse)
    {
        const int Batch = 1000;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var used = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var count = 0L;
        do
        {
            for (var i = 0; i < Batch; i++)
            {
                _ = parse();
            }

            count += Batch;
        }
        while (Stopwatch.GetElapsedTime(start) < RoundTime);

        return (count / (Environment.CpuUsage.TotalTime - used).TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count);
    }
}
