using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Pipeline;

/// <summary>
/// Sets a message aside when one stage does not come to an end on it, so that neither its patient's later messages nor the other lanes wait
/// for it. Should the stage end after all, its work is thrown away: the message has another state by then.
/// </summary>
/// <param name="limit">How long one stage may take; waiting for the store or a peer does not count.</param>
public sealed partial class StageWatch(
    RunningMessages running, PatientLanes lanes, LaneScheduler scheduler, MessageJournal journal, TimeProvider clock, ILogger<StageWatch> logger, TimeSpan limit) : BackgroundService
{
    /// <summary>Far above the longest that 50 MB take; a stage takes microseconds.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Looks once.</summary>
    /// <returns>How many messages were set aside.</returns>
    public async ValueTask<int> LookAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var run in running.All.Where(run => run.Stage is not (RunningMessage.Pausing or MessagePipeline.CommitStage) && run.ElapsedInStage > limit))
        {
            var stage = run.Stage;
            var issue = MessageIssue.Error(IntegrationErrorCode.StageHung, "", $"Stage {stage} did not come to an end within {limit.TotalSeconds:0} seconds.");
            if (await journal.SetAsideAsync(run.Waiting, stage, issue, clock.GetUtcNow(), cancellationToken))
            {
                LogSetAside(run.Waiting.Message.Id, stage, limit.TotalSeconds);
                count++;
            }

            running.End(run);
            lanes.Abandon(run.Waiting);
        }

        scheduler.ReplaceStuckThreads(limit);
        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookSafelyAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task LookSafelyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogStoreAway(e.Message);
        }
    }

    [LoggerMessage(2008, LogLevel.Error, "Message {MessageId} is set aside: stage {Stage} has run on it for more than {Seconds} s")]
    private partial void LogSetAside(string messageId, string stage, double seconds);

    [LoggerMessage(2009, LogLevel.Warning, "Stages cannot be watched while the store is away: {Reason}")]
    private partial void LogStoreAway(string reason);
}
