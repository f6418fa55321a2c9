using System.Diagnostics;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Retention;

/// <summary>What one round did.</summary>
/// <param name="Reclaimed">Bytes given back to the disk.</param>
public sealed record RetentionRound(long Pruned, long Compressed, long Reclaimed);

/// <summary>
/// Compresses, removes and gives back, round by round, in small steps with pauses between them: senders and the pipeline hardly notice. A round
/// that is cut off goes on with the next.
/// </summary>
public sealed partial class RetentionJob(
    IDocumentStore store, MessageTally tally, MessagePruning pruning, RawCompression compression, StorageSampler sampler, RetentionSettings settings,
    EngineMetrics metrics, TimeProvider clock, ILogger<RetentionJob> logger) : BackgroundService
{
    /// <summary>Bytes of the file that one step gives back; they are moved, and others wait so long.</summary>
    private const long ReclaimStepBytes = 1 << 20;

    /// <summary>How much longer than a step the pause behind it is.</summary>
    private const int PauseFactor = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Waits before the first round: a start has enough to do.</summary>
    private static readonly TimeSpan FirstAfter = TimeSpan.FromMinutes(1);

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
        while (await store.ReclaimAsync(ReclaimStepBytes, cancellationToken) is > 0 and var bytes)
        {
            reclaimed += bytes;
            CrashPoints.Reach(CrashPoints.Reclaimed);
            await between.AfterStepAsync();
        }

        metrics.Reclaimed(reclaimed);
        return new RetentionRound(pruned, compressed, reclaimed);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(settings.Every < FirstAfter ? settings.Every : FirstAfter, clock, stoppingToken);
            while (true)
            {
                await RunSafelyAsync(stoppingToken);
                await Task.Delay(settings.Every, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task RunSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var round = await RunAsync(cancellationToken);
            await sampler.SampleAsync(cancellationToken);
            if (round.Pruned + round.Compressed + round.Reclaimed > 0)
            {
                LogRound(round.Pruned, round.Compressed, round.Reclaimed);
            }
        }
        catch (StoreUnavailableException e)
        {
            LogStoreAway(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The job's edge: our bug must not end the process. The exception's text stays out of the log: it may quote data.
            LogFault(e.GetType().Name, e.StackTrace);
        }
    }

    [LoggerMessage(8001, LogLevel.Information, "Retention: {Pruned} messages removed, {Compressed} compressed, {Reclaimed} bytes given back to the disk")]
    private partial void LogRound(long pruned, long compressed, long reclaimed);

    [LoggerMessage(8002, LogLevel.Warning, "Retention waits for the store: {Reason}")]
    private partial void LogStoreAway(string reason);

    [LoggerMessage(8003, LogLevel.Error, "A round of retention ended with {ExceptionType}; the next goes on\n{StackTrace}")]
    private partial void LogFault(string exceptionType, string? stackTrace);

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
