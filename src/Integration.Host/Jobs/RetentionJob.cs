using Integration.Core.Retention;
using Integration.Core.Storage;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>Removes, compresses and gives back what is too old; of several engines one does it.</summary>
[DisallowConcurrentExecution]
internal sealed partial class RetentionJob(RetentionSweep sweep, ILogger<RetentionJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await sweep.TryRunAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            LogStoreAway(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The job's edge: our bug must not end it. The exception's text stays out of the log: it may quote data.
            LogFault(e.GetType().Name, e.StackTrace);
        }
    }

    [LoggerMessage(8002, LogLevel.Warning, "Retention waits for the store: {Reason}")]
    private partial void LogStoreAway(string reason);

    [LoggerMessage(8003, LogLevel.Error, "A round of retention ended with {ExceptionType}; the next goes on\n{StackTrace}")]
    private partial void LogFault(string exceptionType, string? stackTrace);
}
