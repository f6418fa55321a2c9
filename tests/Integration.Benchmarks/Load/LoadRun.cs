using System.Diagnostics;

namespace Integration.Benchmarks.Load;

/// <summary>What one run measured.</summary>
/// <param name="MessageBytes">Mean length of a message without framing.</param>
/// <param name="AcknowledgedPerSecond">While the senders ran.</param>
/// <param name="ThroughPerSecond">Messages through to the committed record, from the first sent to the last recorded.</param>
/// <param name="ThroughWhileSendingPerSecond">The same while the senders ran.</param>
/// <param name="ProcessorMsPerMessage">Processor time of the engine, for everything from socket to record.</param>
/// <param name="SenderProcessorMsPerMessage">Processor time of this program, which the engine did not get.</param>
internal sealed record LoadResult(
    string Kind, int Connections, int Messages, int Refused, double MessageBytes, double AcknowledgedPerSecond, double P50Ms, double P99Ms,
    double ThroughPerSecond, double ThroughWhileSendingPerSecond, double ProcessorMsPerMessage, double SenderProcessorMsPerMessage,
    double PeakMemoryMb, double DiskBytesPerMessage);

/// <summary>One kind of message over a number of connections.</summary>
internal static class LoadRun
{
    // What a server does in its first minute is compile: a fifth of the processor's time over the first 20,000 messages, below a hundredth after them.
    private const int WarmUpMessages = 20_000;
    private static readonly TimeSpan WarmUpRound = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUpAtMost = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainPoll = TimeSpan.FromMilliseconds(200);   // each look costs the engine a page of metrics
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromMinutes(10);

    /// <summary>1. Warm up and let the pipeline empty. 2. Send for <paramref name="length"/>. 3. Wait until everything is in the record.</summary>
    public static async Task<LoadResult> MeasureAsync(
        EngineProcess engine, LoadKind kind, int count, TimeSpan length, CancellationToken cancellationToken)
    {
        var share = kind.Frames.Length / count;
        var connections = Enumerable.Range(0, count).Select(i => new LoadConnection(i, new(kind.Frames, i * share, share))).ToList();
        try
        {
            foreach (var connection in connections)
            {
                await connection.ConnectAsync(engine.MllpPort, cancellationToken);
            }

            // 1.
            await WarmUpAsync(connections, cancellationToken);
            await DrainAsync(engine, connections.Sum(c => c.Latencies.Count), cancellationToken);
            connections.ForEach(c => c.Reset());
            var (finishedBefore, _) = await engine.ReadCountsAsync(cancellationToken);
            var (processorBefore, senderBefore, diskBefore) = (engine.ProcessorTime, SenderProcessorTime(), engine.DiskBytes);

            // 2.
            var started = Stopwatch.GetTimestamp();
            await SendAsync(connections, length, cancellationToken);
            var sending = Stopwatch.GetElapsedTime(started);
            var sender = SenderProcessorTime() - senderBefore;
            var (finishedWhileSending, _) = await engine.ReadCountsAsync(cancellationToken);
            var messages = connections.Sum(c => c.Latencies.Count);

            // 3.
            await DrainAsync(engine, finishedBefore + messages, cancellationToken);
            var through = Stopwatch.GetElapsedTime(started);
            var latencies = connections.SelectMany(c => c.Latencies).Order().ToList();
            return new LoadResult(
                kind.Name, count, messages, connections.Sum(c => c.Refused), connections.Sum(c => c.BytesSent) / (double)messages,
                messages / sending.TotalSeconds, Milliseconds(latencies, 0.50), Milliseconds(latencies, 0.99),
                messages / through.TotalSeconds, (finishedWhileSending - finishedBefore) / sending.TotalSeconds,
                (engine.ProcessorTime - processorBefore).TotalMilliseconds / messages, sender.TotalMilliseconds / messages,
                engine.PeakMemoryBytes / (1024.0 * 1024.0), (engine.DiskBytes - diskBefore) / (double)messages);
        }
        finally
        {
            connections.ForEach(c => c.Dispose());
        }
    }

    private static async Task WarmUpAsync(List<LoadConnection> connections, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        do
        {
            await SendAsync(connections, WarmUpRound, cancellationToken);
        }
        while (connections.Sum(c => c.Latencies.Count) < WarmUpMessages && Stopwatch.GetElapsedTime(started) < WarmUpAtMost);
    }

    private static Task SendAsync(List<LoadConnection> connections, TimeSpan length, CancellationToken cancellationToken)
    {
        var until = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        return Task.WhenAll(connections.Select(c => Task.Run(() => c.RunAsync(until, cancellationToken), cancellationToken)));
    }

    // Both conditions: nothing waits also for a moment before the first message is seen.
    private static async Task DrainAsync(EngineProcess engine, long finished, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < DrainTimeout;)
        {
            var counts = await engine.ReadCountsAsync(cancellationToken);
            if (counts.Waiting == 0 && counts.Finished >= finished)
            {
                return;
            }

            await Task.Delay(DrainPoll, TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"The pipeline did not empty within {DrainTimeout.TotalMinutes:0} minutes.");
    }

    private static TimeSpan SenderProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    private static double Milliseconds(List<long> sorted, double quantile) =>
        Stopwatch.GetElapsedTime(0, sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * quantile)]).TotalMilliseconds;
}
