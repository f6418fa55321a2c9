using System.Globalization;
using System.Runtime.InteropServices;

namespace Integration.Benchmarks.Load;

/// <summary>Prints what was measured, and how it stands to what is aimed at.</summary>
internal static class LoadTable
{
    // For 32 connections with ADT on two cores shared with the sender.
    private const int TargetConnections = 32;
    private const double TargetAcknowledged = 8_000;
    private const double TargetThrough = 2_500;
    private const double TargetMemoryMb = 500;

    // The same on MongoDB, whose server takes its share of the cores.
    private const double TargetAcknowledgedOnMongo = 3_000;
    private const double TargetThroughOnMongo = 800;

    public static void WriteSetting(TextWriter output)
    {
#if DEBUG
        output.WriteLine("Built for debugging: the figures mean nothing. Use -c Release.");
#endif
        output.WriteLine($"{Environment.ProcessorCount} cores shared by engine and sender, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
    }

    public static void WriteProgress(TextWriter output, LoadResult r) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{r.Kind} × {r.Connections}: {r.Messages} messages of {r.MessageBytes:0} bytes"));

    public static void Write(TextWriter output, IReadOnlyList<LoadResult> results, bool isMongo)
    {
        output.WriteLine();
        output.WriteLine("kind  conn   ack/s  p50 ms  p99 ms  record/s  …while sending  CPU ms/msg  sender CPU  peak MB  disk B/msg  refused");
        foreach (var r in results)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{r.Kind,-4}{r.Connections,6}{r.AcknowledgedPerSecond,8:0}{r.P50Ms,8:0.00}{r.P99Ms,8:0.00}{r.ThroughPerSecond,10:0}{r.ThroughWhileSendingPerSecond,16:0}{r.ProcessorMsPerMessage,12:0.000}{r.SenderProcessorMsPerMessage,12:0.000}{r.PeakMemoryMb,9:0}{r.DiskBytesPerMessage,12:0}{r.Refused,9}"));
        }

        if (results.FirstOrDefault(r => r is { Kind: "adt", Connections: TargetConnections }) is not { } aimed)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"Targets, adt over {TargetConnections} connections:");
        WriteTarget(output, "acknowledged/s", aimed.AcknowledgedPerSecond, isMongo ? TargetAcknowledgedOnMongo : TargetAcknowledged);
        WriteTarget(output, "to the record/s", aimed.ThroughPerSecond, isMongo ? TargetThroughOnMongo : TargetThrough);
        WriteTarget(output, "peak memory, MB", aimed.PeakMemoryMb, TargetMemoryMb, isUpperBound: true);
    }

    private static void WriteTarget(TextWriter output, string what, double measured, double target, bool isUpperBound = false)
    {
        var met = isUpperBound ? measured < target : measured >= target;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-16}{measured,8:0}  of {target,6:0}  = {measured / target:0.00}  {(met ? "met" : "MISSED")}"));
    }
}
