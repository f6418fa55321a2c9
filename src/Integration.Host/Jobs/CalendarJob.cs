using Integration.Core.FollowUps.Planning;
using Integration.Core.Storage;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>Plans the birthdays and festivals of today and tomorrow, and of days that were slept through.</summary>
[DisallowConcurrentExecution]
internal sealed partial class CalendarJob(CalendarPlanner planner, ILogger<CalendarJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (await planner.RunAsync(cancellationToken) is > 0 and var planned)
            {
                LogPlanned(planned);
            }
        }
        catch (StoreUnavailableException e)
        {
            LogStoreAway(e.Message);
        }
    }

    [LoggerMessage(12211, LogLevel.Information, "{Planned} pieces of work of the calendar are planned")]
    private partial void LogPlanned(int planned);

    [LoggerMessage(12212, LogLevel.Warning, "The calendar waits for the store: {Reason}")]
    private partial void LogStoreAway(string reason);
}
