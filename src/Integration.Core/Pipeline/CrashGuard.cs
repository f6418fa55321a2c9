using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Pipeline;

/// <summary>A run that began and of which no end is known: a document of <c>startedRuns</c>, whose id is that of the message.</summary>
/// <param name="Count">How often a run of it began without an end.</param>
public sealed record StartedRun(string Id, int Count);

/// <summary>
/// Keeps one message from killing the process for ever. After a death of the process, each message that may have been running is written down
/// before it runs again; should the process die once more, those written down run one at a time, so that the guilty one is known, and
/// after <see cref="MaxStarts"/> starts it is set aside. While nothing dies, nothing is written.
/// </summary>
public sealed partial class CrashGuard(IDocumentStore store, MessageJournal journal, MessagePipeline pipeline, TimeProvider clock, ILogger<CrashGuard> logger)
{
    /// <summary>
    /// Starts without an end after which a message is not started again: one among others, four alone. Fewer would accuse an innocent one where something
    /// else ends the process again and again as soon as it has come up, e.g. a service manager that waits too short a time on a slow machine.
    /// </summary>
    public const int MaxStarts = 5;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private long _suspectsEnd;

    /// <summary>
    /// Called once at start, before anything runs, when the last process died: runs what was written down, alone and in order, and sets aside what
    /// has been started too often.
    /// </summary>
    public async Task ExamineAsync(CancellationToken cancellationToken)
    {
        var written = new List<StartedRun>();
        await foreach (var stored in store.ReadAllAsync(new DocumentQuery(Collections.StartedRuns) { Limit = 1000 }, cancellationToken))
        {
            written.Add(Collections.StartedRuns.Read(stored));
        }

        foreach (var run in written)
        {
            await RunAloneAsync(run, cancellationToken);
        }

        // Whatever was in the process's memory is among the messages that have waited longest.
        var waiting = await journal.ReadWaitingHeadsAsync(PatientLanes.UsualMaxQueued, cancellationToken);
        _suspectsEnd = waiting.Count == 0 ? 0 : waiting[^1];
    }

    /// <summary>Runs a message to its end; one that may have killed the process is written down first.</summary>
    public async Task RunAsync(WaitingMessage waiting, CancellationToken cancellationToken)
    {
        if (waiting.Sequence > _suspectsEnd)
        {
            await pipeline.RunAsync(waiting, cancellationToken);
            return;
        }

        await WriteDownAsync(Collections.StartedRuns.Put(new StartedRun(waiting.Message.Id, 1), null), cancellationToken);
        await pipeline.RunAsync(waiting, cancellationToken);
        await WriteDownAsync(Collections.StartedRuns.Delete(waiting.Message.Id), cancellationToken);
    }

    private async Task RunAloneAsync(StartedRun run, CancellationToken cancellationToken)
    {
        if (await journal.ReadWaitingAsync(run.Id, cancellationToken) is { } waiting)
        {
            if (run.Count >= MaxStarts)
            {
                await SetAsideAsync(waiting, run.Count, cancellationToken);
            }
            else
            {
                await WriteDownAsync(Collections.StartedRuns.Put(run with { Count = run.Count + 1 }, null), cancellationToken);
                await RunToItsEndAsync(waiting, cancellationToken);
            }
        }

        await WriteDownAsync(Collections.StartedRuns.Delete(run.Id), cancellationToken);
    }

    // On a thread of its own: one that hangs is set aside by the watch, and must not keep this one.
    private async Task RunToItsEndAsync(WaitingMessage waiting, CancellationToken cancellationToken)
    {
        var run = Task.Factory.StartNew(
            () => pipeline.RunAsync(waiting, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        while (await Task.WhenAny(run, Task.Delay(LookAgain, clock, cancellationToken)) != run)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await journal.ReadWaitingAsync(waiting.Message.Id, cancellationToken) is null)
            {
                return;
            }
        }

        await run;
    }

    private async Task SetAsideAsync(WaitingMessage waiting, int starts, CancellationToken cancellationToken)
    {
        LogSetAside(waiting.Message.Id, starts);
        await journal.SetAsideAsync(
            waiting, "process", MessageIssue.Error(IntegrationErrorCode.ProcessDied, "", $"The process died in each of {starts} runs of this message."), clock.GetUtcNow(), cancellationToken);
    }

    private async Task WriteDownAsync(DocumentWrite write, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(write);
        while (true)
        {
            try
            {
                await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
                return;
            }
            catch (StoreUnavailableException)
            {
                // The run that follows would wait for the store too.
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
            }
        }
    }

    [LoggerMessage(2004, LogLevel.Error, "Message {MessageId} is set aside: the process died in each of {Starts} runs of it")]
    private partial void LogSetAside(string messageId, int starts);
}
