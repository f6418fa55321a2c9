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
    MessageJournal journal, MessagePipeline pipeline, ArrivalSignal arrival, EngineMetrics metrics, TimeProvider clock, ILogger<LaneDispatcher> logger)
    : BackgroundService
{
    private const int PageSize = 500;
    private const int MaxBusyLanes = 64;      // more would not help two cores, and each holds a message in memory
    private const int MaxQueuedMessages = 2000;

    private static readonly TimeSpan PauseWhenStoreIsAway = TimeSpan.FromSeconds(1);

    private readonly PatientLanes _lanes = new(pipeline.RunAsync, MaxBusyLanes, MaxQueuedMessages);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.ObserveBusyLanes(() => _lanes.Count);
        try
        {
            await DispatchAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await _lanes.DrainAsync();
        }
    }

    private async Task DispatchAsync(CancellationToken stoppingToken)
    {
        long behind = 0;
        while (true)
        {
            try
            {
                var page = await journal.ReadWaitingAsync(behind, PageSize, stoppingToken);
                foreach (var waiting in page)
                {
                    await _lanes.EnqueueAsync(waiting, stoppingToken);
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
