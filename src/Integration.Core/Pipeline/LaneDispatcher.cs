using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Pipeline;

/// <summary>
/// Reads waiting messages out of the journal in order of arrival and gives each to its patient's lane. The journal is the queue: whatever
/// was waiting when the process died is read again at the next start, and a backlog stays on disk, not in memory.
/// </summary>
public sealed partial class LaneDispatcher(
    MessageJournal journal, PatientLanes lanes, CrashGuard guard, EngineRun engine, ArrivalSignal arrival, EngineMetrics metrics, TimeProvider clock, ILogger<LaneDispatcher> logger)
    : BackgroundService
{
    private const int PageSize = 500;

    private static readonly TimeSpan PauseWhenStoreIsAway = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.ObserveBusyLanes(() => lanes.Count);
        try
        {
            await DispatchAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await lanes.DrainAsync();
        }
    }

    private async Task DispatchAsync(CancellationToken stoppingToken)
    {
        long behind = 0;
        var examine = engine.Findings is { PreviousDied: true };
        while (true)
        {
            try
            {
                if (examine)
                {
                    await guard.ExamineAsync(stoppingToken);
                    examine = false;
                }

                var page = await journal.ReadWaitingAsync(behind, PageSize, stoppingToken);
                foreach (var waiting in page)
                {
                    await lanes.EnqueueAsync(waiting, stoppingToken);
                    behind = waiting.Sequence;
                }

                if (page.Count < PageSize)
                {
                    await arrival.WaitAsync(stoppingToken);
                }
            }
            catch (StoreUnavailableException e)
            {
                LogStoreAway(e.Message);
                await Task.Delay(PauseWhenStoreIsAway, clock, stoppingToken);
            }
        }
    }

    [LoggerMessage(2003, LogLevel.Warning, "The journal cannot be read now: {Reason}")]
    private partial void LogStoreAway(string reason);
}
