using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Core.Operations;

/// <summary>
/// Carries operations out, one after another, a few messages at a time: takes hold of them, waits until the pipeline has finished them, counts,
/// goes on. Where it is stands in the operation's document, so that a restart goes on there and nothing is held in memory but ids.
/// </summary>
public sealed partial class OperationRunner(
    IDocumentStore store, MessageOperations operations, MessageJournal journal, TimeProvider clock, ILogger<OperationRunner> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Takes the next step of the oldest operation.</summary>
    /// <returns>Null when there is nothing to do; false when its messages are still being run; true when it came on.</returns>
    public async ValueTask<bool?> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (await operations.OldestRunningAsync(cancellationToken) is not { } stored)
        {
            return null;
        }

        var operation = Collections.Operations.Read(stored);
        if (operation.Bound == 0)
        {
            operation = operation with { Bound = stored.Sequence };
        }

        return operation.Current.Count == 0
            ? await TakeUpAsync(operation, stored.Version, cancellationToken)
            : await WorkAsync(operation, stored.Version, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: what is not done goes on after the next start.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                switch (await AdvanceAsync(stoppingToken))
                {
                    case null:
                        await operations.Work.WaitAsync(stoppingToken);
                        break;
                    case true:
                        pause = ShortestPause;
                        break;
                    default:
                        await Task.Delay(pause, clock, stoppingToken);
                        pause = Backoff.Doubled(pause, 1, LongestPause);
                        break;
                }
            }
            catch (StoreUnavailableException e)
            {
                LogStoreAway(e.Message);
                await Task.Delay(LongestPause, clock, stoppingToken);
            }
        }
    }

    private async ValueTask<bool> TakeUpAsync(MessageOperation operation, long version, CancellationToken cancellationToken)
    {
        var (ids, position) = await operations.Selector.NextAsync(operation, cancellationToken);
        if (ids.Count > 0)
        {
            return await PutAsync(operation with { Current = ids, Position = position }, version, cancellationToken);
        }

        var ended = MessageOperations.End(operation, OperationState.Finished, clock.GetUtcNow());
        if (await PutAsync(ended, version, cancellationToken))
        {
            LogFinished(ended.Id, ended.Kind.ToString(), ended.Total, ended.Done, ended.Failed, ended.Skipped);
        }

        return true;
    }

    private async ValueTask<bool> WorkAsync(MessageOperation operation, long version, CancellationToken cancellationToken)
    {
        var current = (await store.GetManyAsync(Collections.Messages, operation.Current, cancellationToken))
            .Select(stored => (Message: Collections.Messages.Read(stored), stored.Version)).ToList();
        var steps = current.Where(m => m.Message.Operation != operation.Id && OperationSelector.IsFor(operation.Kind, m.Message))
            .OrderBy(m => m.Message.Received).ThenBy(m => m.Message.Id, StringComparer.Ordinal)
            .Select(m => StepOf(operation, m.Message, m.Version)).ToList();
        if (steps.Count > 0)
        {
            // A conflict means that one of them changed since it was read: the next step looks again.
            await journal.ChangeAsync(steps, new WriteBatch(), cancellationToken);
            return true;
        }

        var taken = current.Where(m => m.Message.Operation == operation.Id).Select(m => m.Message.State).ToList();
        if (taken.Contains(MessageState.Waiting))
        {
            return false;
        }

        var failed = taken.Count(state => state == MessageState.Failed);
        return await PutAsync(operation with
        {
            Done = operation.Done + taken.Count - failed,
            Failed = operation.Failed + failed,
            Skipped = operation.Skipped + operation.Current.Count - taken.Count,
            Current = [],
        }, version, cancellationToken);
    }

    private static MessageStep StepOf(MessageOperation operation, JournaledMessage message, long version)
    {
        var mine = message with { Operation = operation.Id };
        return operation.Kind == OperationKind.Discard
            ? MessageStep.Filter(mine with { Reason = operation.Reason }, version, MessageMarks.Discarded)
            : MessageStep.RunAgain(mine, version);
    }

    // A conflict means that it was cancelled meanwhile: the next step sees that.
    private async ValueTask<bool> PutAsync(MessageOperation operation, long version, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Operations.Put(operation, version));
        return await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed;
    }

    [LoggerMessage(2101, LogLevel.Information, "Operation {OperationId} ({Kind}) ended: {Total} messages, {Done} done, {Failed} failed, {Skipped} skipped")]
    private partial void LogFinished(string operationId, string kind, long total, long done, long failed, long skipped);

    [LoggerMessage(2102, LogLevel.Warning, "Operations wait for the store: {Reason}")]
    private partial void LogStoreAway(string reason);
}
