using Integration.Host.Fhir.Export;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>Removes the files of exports that were kept long enough. They lie on this machine, so each engine removes its own.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ExportPruningJob(ExportJobs exports, ILogger<ExportPruningJob> logger) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await exports.PruneAsync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotPruned(e.GetType().Name);   // tried again with the next round
        }
    }

    [LoggerMessage(3404, LogLevel.Warning, "Old exports could not be removed ({Fault}); tried again in a minute")]
    private partial void LogNotPruned(string fault);
}
