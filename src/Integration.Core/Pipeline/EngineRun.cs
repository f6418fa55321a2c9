using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Pipeline;

/// <summary>One life of the process: the document <c>engine</c> of <c>engineRuns</c>.</summary>
/// <param name="Started">UTC.</param>
/// <param name="Stopped">When it was stopped in order (UTC); null while it runs, and for ever when it died.</param>
public sealed record EngineRunDocument(string Id, DateTimeOffset Started, DateTimeOffset? Stopped);

/// <summary>What a start found.</summary>
/// <param name="PreviousStarted">When the process before was started (UTC); null for the first.</param>
/// <param name="PreviousStopped">When it was stopped in order (UTC); null when it died, and for the first.</param>
/// <param name="Unfinished">Messages acknowledged and not finished then; all of them run.</param>
/// <param name="UnfinishedIds">Those that had waited longest, at most <see cref="EngineRun.MaxIds"/>.</param>
public sealed record StartFindings(
    DateTimeOffset Started, DateTimeOffset? PreviousStarted, DateTimeOffset? PreviousStopped, long Unfinished, IReadOnlyList<string> UnfinishedIds)
{
    /// <summary>Whether the process before ended without being stopped: killed, crashed, or the machine went down.</summary>
    public bool PreviousDied => PreviousStarted is not null && PreviousStopped is null;
}

/// <summary>
/// Knows how the process before this one ended and what it left unfinished; writes down how this one ends. Started before the lanes and stopped
/// after them.
/// </summary>
public sealed partial class EngineRun(IDocumentStore store, MessageJournal journal, MessageTally tally, TimeProvider clock, ILogger<EngineRun> logger) : IHostedService
{
    /// <summary>Unfinished messages that are named.</summary>
    public const int MaxIds = 100;

    private const string Id = "engine";

    /// <summary>Null before the start.</summary>
    public StartFindings? Findings { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var previous = await store.GetAsync(Collections.EngineRuns, Id, withPayload: false, cancellationToken) is { } stored ? Collections.EngineRuns.Read(stored) : null;
        var unfinished = await journal.SearchWaitingIdsAsync(MaxIds, cancellationToken);
        Findings = new StartFindings(now, previous?.Started, previous?.Stopped, tally.Total(MessageState.Waiting), unfinished);
        await PutAsync(new EngineRunDocument(Id, now, null), cancellationToken);
        if (unfinished.Count > 0)
        {
            LogRecovered(Findings.Unfinished, Findings.PreviousDied ? "died" : "was stopped", string.Join(", ", unfinished));
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PutAsync(new EngineRunDocument(Id, Findings?.Started ?? clock.GetUtcNow(), clock.GetUtcNow()), cancellationToken);
            LogStopped(tally.Total(MessageState.Waiting));
        }
        catch (StoreUnavailableException e)
        {
            LogNotWritten(e.Message);
        }
    }

    private async ValueTask PutAsync(EngineRunDocument run, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.EngineRuns.Put(run, null));
        await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
    }

    [LoggerMessage(2005, LogLevel.Warning, "{Count} messages were not finished when the last process {HowItEnded}; they run now. The oldest: {MessageIds}")]
    private partial void LogRecovered(long count, string howItEnded, string messageIds);

    [LoggerMessage(2006, LogLevel.Information, "Stopped in order; {Count} acknowledged messages wait in the journal for the next start")]
    private partial void LogStopped(long count);

    [LoggerMessage(2007, LogLevel.Warning, "The end of this process could not be written down, so that the next one takes it for a crash: {Reason}")]
    private partial void LogNotWritten(string reason);
}
