using System.Diagnostics;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Jobs;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Retention;

/// <summary>What one round did.</summary>
/// <param name="Reclaimed">Bytes given back to the disk.</param>
public sealed record RetentionRound(long Pruned, long Compressed, long Reclaimed);

/// <summary>
/// Compresses, removes and gives back, round by round, in small steps with pauses between them: senders and the pipeline hardly notice. A round
/// that is cut off goes on with the next.
/// </summary>
/// <param name="claims">Of several engines on a store one carries a round out.</param>
public sealed partial class RetentionSweep(
    IDocumentStore store, MessageTally tally, MessagePruning pruning, EventPruning events, RawCompression compression, StorageSampler sampler, RetentionSettings settings,
    JobClaims claims, EngineMetrics metrics, TimeProvider clock, ILogger<RetentionSweep> logger)
{
    /// <summary>Name of its claim.</summary>
    public const string Job = "retention";

    /// <summary>Bytes of the file that one step gives back; they are moved, and others wait so long.</summary>
    private const long ReclaimStepBytes = 1 << 20;

    /// <summary>How much longer than a step the pause behind it is.</summary>
    private const int PauseFactor = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>An engine that dies in a round keeps the others from going on for no longer than this.</summary>
    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(10);

    /// <summary>One round over all feeds that have messages, those no longer configured too.</summary>
    public async ValueTask<RetentionRound> RunAsync(CancellationToken cancellationToken)
    {
        var (pruned, compressed, reclaimed) = (0L, 0L, 0L);
        foreach (var feed in tally.Snapshot().Select(balance => balance.Feed))
        {
            var pause = new Pause(clock, cancellationToken);
            pruned += await pruning.PruneAsync(feed, pause.AfterStepAsync, cancellationToken);
            compressed += await compression.CompressAsync(feed, pause.AfterStepAsync, cancellationToken);
        }

        var between = new Pause(clock, cancellationToken);
        await events.PruneAsync(between.AfterStepAsync, cancellationToken);
        while (await store.ReclaimAsync(ReclaimStepBytes, cancellationToken) is > 0 and var bytes)
        {
            reclaimed += bytes;
            CrashPoints.Reach(CrashPoints.Reclaimed);
            await between.AfterStepAsync();
        }

        metrics.Reclaimed(reclaimed);
        return new RetentionRound(pruned, compressed, reclaimed);
    }

    /// <summary>One round, unless another engine carries it out or has just done so; then what the store takes up is looked at.</summary>
    /// <returns>Null: there was none to carry out here.</returns>
    /// <exception cref="StoreUnavailableException">The store is away; the next round goes on.</exception>
    public async ValueTask<RetentionRound?> TryRunAsync(CancellationToken cancellationToken)
    {
        var lease = settings.Every < LongestLease ? settings.Every : LongestLease;
        RetentionRound? round = null;
        if (await claims.TryTakeAsync(Job, lease, settings.Every / 2, cancellationToken))
        {
            round = await RunAsync(cancellationToken);
            await claims.FinishAsync(Job, cancellationToken);
        }

        await sampler.SampleAsync(cancellationToken);
        if (round is { } done && done.Pruned + done.Compressed + done.Reclaimed > 0)
        {
            LogRound(done.Pruned, done.Compressed, done.Reclaimed);
        }

        return round;
    }

    [LoggerMessage(8001, LogLevel.Information, "Retention: {Pruned} messages removed, {Compressed} compressed, {Reclaimed} bytes given back to the disk")]
    private partial void LogRound(long pruned, long compressed, long reclaimed);

    /// <summary>Pauses behind each step for a multiple of what the step took.</summary>
    private sealed class Pause(TimeProvider clock, CancellationToken cancellationToken)
    {
        private long _began = Stopwatch.GetTimestamp();

        public async ValueTask AfterStepAsync()
        {
            var pause = Stopwatch.GetElapsedTime(_began) * PauseFactor;
            await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, cancellationToken);
            _began = Stopwatch.GetTimestamp();
        }
    }
}
