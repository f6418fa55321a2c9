using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Mapping.Versions;

/// <summary>
/// Notices changed mapping files by looking at their lengths and times once a second: that costs about a millisecond, works on network shares,
/// which tell nobody of changes, and misses none. Files are read when two looks in a row saw the same, so that none is read half-written.
/// </summary>
public sealed partial class MappingWatch(EnginePlan plan, MappingReload reload, TimeProvider clock, ILogger<MappingWatch> logger) : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string _used = "";
    private string _seen = "";

    /// <summary>Looks once; reloads when the files changed and have come to rest.</summary>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await reload.NumberAsync(cancellationToken);
            var stamp = MappingFiles.StampOf(plan.MappingsFolder);
            var isAtRest = stamp == _seen;
            _seen = stamp;
            if (isAtRest && stamp != _used)
            {
                await reload.ReloadAsync(cancellationToken);
                _used = stamp;
            }
        }
        catch (Exception e) when (e is StoreUnavailableException or IOException or UnauthorizedAccessException)
        {
            LogNotNow(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    [LoggerMessage(2012, LogLevel.Warning, "Changed mappings cannot be looked at now: {Reason}")]
    private partial void LogNotNow(string reason);
}
