using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.Storage;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>Plans anew what changed rules concern, then carries on everything whose time has come.</summary>
[DisallowConcurrentExecution]
internal sealed partial class DueWorkJob(RuleReplanner replanner, DueSweep sweep, ILogger<DueWorkJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await replanner.RunAsync(cancellationToken);
            await sweep.RunAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogStoreAway(e.Message);
        }
    }

    [LoggerMessage(12201, LogLevel.Warning, "Due work waits for the store: {Reason}")]
    private partial void LogStoreAway(string reason);
}
