using Integration.Core.Diagnostics;
using Integration.Core.Retention;
using Integration.Core.Storage;

namespace Integration.Core.Intake;

/// <summary>The journal of inbound messages above the store, and the only writer of <c>messages</c>. Safe for many threads.</summary>
public sealed class MessageJournal(IDocumentStore store, MessageTally tally, ArrivalSignal arrival, MessageCompletions completions, DiskGuard disk)
{
    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");
    private static readonly DocumentField Sender = Collections.Messages.Field("sender");
    private static readonly DocumentField ControlId = Collections.Messages.Field("controlId");

    // Usually the pipeline asks for the long message that has just come: while nothing else needed its memory, it is still there.
    private volatile RecentContent? _lastLong;

    /// <summary>Makes the message durable. Returns false when the id is taken, which version 7 UUIDs do not allow to happen.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take it now, or its disk is nearly full.</exception>
    public async ValueTask<bool> AppendAsync(JournaledMessage message, CancellationToken cancellationToken) =>
        await AppendAsync(message, new WriteBatch(), cancellationToken) is CommitResult.Committed;

    /// <summary>TRANSACTION: the message, and what is written with it.</summary>
    /// <param name="batch">Further writes; the message is added to it.</param>
    public async ValueTask<CommitResult> AppendAsync(JournaledMessage message, WriteBatch batch, CancellationToken cancellationToken)
    {
        CheckRoom(cancellationToken);
        batch.Add(await WriteOfNewAsync(message, cancellationToken));
        tally.Arrive(message.Feed, message.State);
        var result = await CommitCountedAsync(batch, CommitPriority.Intake, () => tally.TakeBack(message.Feed, message.State));
        CrashPoints.Reach(CrashPoints.Journaled);
        if (result is CommitResult.Committed && message.State == MessageState.Waiting)
        {
            arrival.Set();
        }

        return result;
    }

    /// <summary>TRANSACTION: messages in this order, and what is written with them. Those whose id the journal holds already are left out.</summary>
    /// <param name="with">Writes without conditions.</param>
    /// <exception cref="StoreUnavailableException">The store cannot take them now, or its disk is nearly full. None was taken.</exception>
    public async ValueTask AppendAllAsync(IReadOnlyList<JournaledMessage> messages, IReadOnlyList<DocumentWrite> with, CancellationToken cancellationToken)
    {
        CheckRoom(cancellationToken);
        var added = messages;
        while (!await TryAppendAllAsync(added, with, cancellationToken))
        {
            var known = (await store.GetManyAsync(Collections.Messages, [.. added.Select(message => message.Id)], cancellationToken)).Select(found => found.Id).ToHashSet(StringComparer.Ordinal);
            added = known.Count > 0
                ? [.. added.Where(message => !known.Contains(message.Id))]
                : throw new InvalidOperationException("A write without condition cannot conflict.");
        }
    }

    private async ValueTask<bool> TryAppendAllAsync(IReadOnlyList<JournaledMessage> messages, IReadOnlyList<DocumentWrite> with, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        foreach (var message in messages)
        {
            batch.Add(await WriteOfNewAsync(message, cancellationToken));
        }

        foreach (var write in with)
        {
            batch.Add(write);
        }

        foreach (var message in messages)
        {
            tally.Arrive(message.Feed, message.State);
        }

        var result = await CommitCountedAsync(batch, CommitPriority.Intake, () =>
        {
            foreach (var message in messages)
            {
                tally.TakeBack(message.Feed, message.State);
            }
        });
        CrashPoints.Reach(CrashPoints.Journaled);
        arrival.Set();
        return result is CommitResult.Committed;
    }

    private void CheckRoom(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (disk.Problem is { } problem)
        {
            throw new StoreUnavailableException(problem);
        }
    }

    private async ValueTask<DocumentWrite> WriteOfNewAsync(JournaledMessage message, CancellationToken cancellationToken)
    {
        if (!LongContent.IsLong(message.Raw.Length))
        {
            return Collections.Messages.Put(message, expectedVersion: 0, withPayload: true);
        }

        // The parts first, so that the message is durable exactly when its document is. A duplicate's first copy has brought the same.
        if (message.State != MessageState.Duplicate)
        {
            await LongContent.WriteAsync(store, message.ContentHash, LongContent.PiecesOf(message.Raw), CommitPriority.Intake, cancellationToken);
            _lastLong = new(message.ContentHash, message.Raw);
        }

        return Collections.Messages.Put(message, expectedVersion: 0);
    }

    /// <summary>
    /// TRANSACTION: messages that leave one state for another outside the pipeline, and what is written with that. All or none; in this order,
    /// which is also the order in which those that wait are run.
    /// </summary>
    /// <param name="batch">Further writes; the messages are added to it.</param>
    public async ValueTask<CommitResult> ChangeAsync(IReadOnlyList<MessageStep> steps, WriteBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var step in steps)
        {
            batch.Add(Collections.Messages.Put(step.After, step.Version));
            tally.Move(step.After.Feed, step.Before, step.After.State);
        }

        var result = await CommitCountedAsync(batch, CommitPriority.Processing, () =>
        {
            foreach (var step in steps)
            {
                tally.Move(step.After.Feed, step.After.State, step.Before);
            }
        });
        if (result is CommitResult.Committed && steps.Any(step => step.After.State == MessageState.Waiting))
        {
            arrival.Set();
        }

        return result;
    }

    /// <summary>TRANSACTION: a message leaves its state, another comes in its place, and what is written with that.</summary>
    public async ValueTask<CommitResult> ReplaceAsync(
        MessageStep step, JournaledMessage added, WriteBatch batch, CancellationToken cancellationToken)
    {
        tally.Move(step.After.Feed, step.Before, step.After.State);
        CommitResult? result = null;
        try
        {
            batch.Add(Collections.Messages.Put(step.After, step.Version));
            result = await AppendAsync(added, batch, cancellationToken);
            return result;
        }
        finally
        {
            if (result is not CommitResult.Committed)
            {
                tally.Move(step.After.Feed, step.After.State, step.Before);
            }
        }
    }

    /// <summary>Counts what the store holds. Called once at start, before anything is taken in.</summary>
    public async ValueTask LoadTallyAsync(CancellationToken cancellationToken)
    {
        foreach (var group in await store.GroupAndCountAsync(Collections.Messages, [], [Feed, State], cancellationToken))
        {
            tally.Load((string)group.Key[0]!, Enum.Parse<MessageState>((string)group.Key[1]!), group.Count);
        }
    }

    /// <summary>
    /// TRANSACTION: everything a run changed, and the message's own new state. Atomic, so that a message is done exactly when its effect is there.
    /// </summary>
    /// <param name="finished">The message as it shall be; its state says what became of it.</param>
    /// <param name="version">Version the run started from.</param>
    /// <param name="effects">Writes of the run; empty for a message that failed.</param>
    public async ValueTask<CommitResult> FinishAsync(
        JournaledMessage finished, long version, WriteBatch effects, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        effects.Add(Collections.Messages.Put(finished, version));

        // Counted before anybody can see it in its new state and move it on.
        tally.Move(finished.Feed, MessageState.Waiting, finished.State);
        var result = await CommitCountedAsync(effects, CommitPriority.Processing, () => tally.Move(finished.Feed, finished.State, MessageState.Waiting));
        if (result is CommitResult.Committed)
        {
            completions.Publish(finished);
        }

        return result;
    }

    /// <summary>TRANSACTION: the raw bytes of messages move to another place, and what is written with that.</summary>
    /// <param name="batch">Further writes; the messages are added to it.</param>
    internal ValueTask<CommitResult> MoveRawAsync(IReadOnlyList<MessageStep> steps, WriteBatch batch, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            batch.Add(Collections.Messages.Put(step.After, step.Version, withPayload: true));
        }

        return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
    }

    /// <summary>TRANSACTION: messages are removed for good, and what is written with that. All or none; none of them waits.</summary>
    /// <param name="batch">Further writes; the removals are added to it.</param>
    internal async ValueTask<CommitResult> RemoveAsync(
        IReadOnlyList<(JournaledMessage Message, long Version)> messages, WriteBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (message, version) in messages)
        {
            batch.Add(Collections.Messages.Delete(message.Id, version));
        }

        var result = await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
        if (result is CommitResult.Committed)
        {
            foreach (var (message, _) in messages)
            {
                tally.Remove(message.Feed, message.State);
            }
        }

        return result;
    }

    /// <summary>Fails a waiting message that cannot be run to its end, without any effect.</summary>
    /// <param name="stage">Where its runs stop.</param>
    /// <returns>False when it has another state or was changed meanwhile.</returns>
    public async ValueTask<bool> SetAsideAsync(
        WaitingMessage waiting, string stage, MessageIssue issue, DateTimeOffset now, CancellationToken cancellationToken) =>
        await FinishAsync(waiting.Message with
        {
            State = MessageState.Failed,
            Attempts = waiting.Message.Attempts + 1,
            Issues = [.. waiting.Message.Issues, issue],
            Cause = FailureCause.Of(stage, [issue], null),
            Changes = [],
            Stages = [new StageTiming(stage, 0)],
            Finished = now,
        }, waiting.Version, new WriteBatch(), cancellationToken) is CommitResult.Committed;

    /// <summary>Watches for the end of a message that is in the journal; one that has ended already is told at once.</summary>
    public async ValueTask<CompletionWatch> WatchAsync(string id, CancellationToken cancellationToken)
    {
        // Watched first and read then: the other way round, the end could fall between the two.
        var watch = completions.Watch(id);
        if (await GetAsync(id, withRaw: false, cancellationToken) is var (message, _) && message.State != MessageState.Waiting)
        {
            watch.Finish(message);
        }

        return watch;
    }

    /// <summary>Watches for the end of a message that is about to be appended.</summary>
    public CompletionWatch WatchNew(string id) => completions.Watch(id);

    /// <summary>When the longest waiting message of a feed was received; null when none waits.</summary>
    public ValueTask<DateTimeOffset?> OldestWaitingAsync(string feed, CancellationToken cancellationToken) =>
        OldestAsync(feed, MessageState.Waiting, cancellationToken);

    /// <summary>When the oldest failed message of a feed was received; null when none failed.</summary>
    public ValueTask<DateTimeOffset?> OldestFailedAsync(string feed, CancellationToken cancellationToken) =>
        OldestAsync(feed, MessageState.Failed, cancellationToken);

    private async ValueTask<DateTimeOffset?> OldestAsync(string feed, MessageState state, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = [new DocumentFilter.Equal(Feed, feed), new DocumentFilter.Equal(State, state.ToString())],
            OrderBy = [new DocumentSort(Received)],
            Limit = 1,
        }, cancellationToken);
        return page.Documents.Count == 0 ? null : Read(page.Documents[0]).Received;
    }

    /// <summary>What this sender sent with this control id on this feed, newest first, at most 20, without raw bytes.</summary>
    /// <param name="since">What was received before is left out (UTC); null for all.</param>
    public async ValueTask<IReadOnlyList<JournaledMessage>> FindByControlIdAsync(
        string feed, string sender, string controlId, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = [new DocumentFilter.Equal(ControlId, controlId), new DocumentFilter.Equal(Feed, feed), new DocumentFilter.Equal(Sender, sender)],
            OrderBy = [new DocumentSort(DocumentField.Sequence, Descending: true)],
            Limit = 20,
        }, cancellationToken);
        return [.. page.Documents.Select(Collections.Messages.Read).Where(m => since is null || m.Received >= since)];
    }

    /// <summary>One message; null when there is none of that id.</summary>
    /// <param name="withRaw">Read the raw bytes too.</param>
    public async ValueTask<(JournaledMessage Message, long Version)?> GetAsync(string id, bool withRaw, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Messages, id, withRaw, cancellationToken) is not { } stored ? null
            : Read(stored) is var message && withRaw ? (message with { Raw = await RawOfAsync(message, cancellationToken) }, stored.Version)
            : (message, stored.Version);

    /// <summary>The raw bytes of a message that was read with them, also where they are kept in parts or compressed. Read when they are needed: a queue of
    /// messages of 50 MB must not fill the memory.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> RawOfAsync(JournaledMessage message, CancellationToken cancellationToken) =>
        message.RawIn is { } place ? await RawBlock.ReadAsync(store, place, message.RawBytes, cancellationToken)
            : !message.Raw.IsEmpty || !LongContent.IsLong(message.RawBytes) ? message.Raw
            : _lastLong?.Of(message.ContentHash) ?? await LongContent.ReadAsync(store, message.ContentHash, message.RawBytes, cancellationToken);

    /// <summary>Messages, newest first.</summary>
    public async ValueTask<MessagePage> SearchAsync(MessageSearch search, CancellationToken cancellationToken)
    {
        var where = MessageFilters.Of(search);
        if (!string.IsNullOrWhiteSpace(search.Text))
        {
            where.Add(await MessageFilters.OfTextAsync(store, search.Text.Trim(), cancellationToken));
        }

        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = where,
            OrderBy = [new DocumentSort(Received, Descending: true)],
            Limit = Math.Clamp(search.Limit, 1, 500),
            After = search.After,
        }, cancellationToken);
        return new MessagePage([.. page.Documents.Select(Read)], page.Next);
    }

    /// <summary>
    /// Sends a finished message through the pipeline again, with the mappings of now.
    /// </summary>
    /// <returns>False when there is no such message or <see cref="CanRun"/> forbids it.</returns>
    public async ValueTask<bool> RequestReplayAsync(string id, CancellationToken cancellationToken)
    {
        while (await GetAsync(id, withRaw: false, cancellationToken) is var (message, version))
        {
            if (!CanRun(message))
            {
                return false;
            }

            if (await ChangeAsync([MessageStep.RunAgain(message, version)], new WriteBatch(), cancellationToken) is CommitResult.Committed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether a message may be run again: not while it waits, not a duplicate, whose first copy is the one to run, and not one that was
    /// corrected, whose correction is.
    /// </summary>
    public static bool CanRun(JournaledMessage message) =>
        message.State is not (MessageState.Waiting or MessageState.Duplicate) && !message.Marks.Contains(MessageMarks.Corrected);

    /// <summary>Waiting messages with raw bytes (but see <see cref="RawOfAsync"/>) in order of arrival, those behind <paramref name="sequence"/>.</summary>
    public async ValueTask<IReadOnlyList<WaitingMessage>> ReadWaitingAsync(long sequence, int limit, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where =
            [
                new DocumentFilter.Equal(State, nameof(MessageState.Waiting)),
                new DocumentFilter.Range(DocumentField.Sequence, sequence + 1, null),
            ],
            OrderBy = [new DocumentSort(DocumentField.Sequence)],
            Limit = limit,
            WithPayload = true,
        }, cancellationToken);
        return [.. page.Documents.Select(d => new WaitingMessage(Read(d), d.Version, d.Sequence))];
    }

    /// <summary>One waiting message with raw bytes; null when it does not wait.</summary>
    public async ValueTask<WaitingMessage?> ReadWaitingAsync(string id, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Messages, id, withPayload: true, cancellationToken) is { } stored && Read(stored) is { State: MessageState.Waiting } message
            ? new WaitingMessage(message, stored.Version, stored.Sequence)
            : null;

    /// <summary>Ids of messages that wait, longest first.</summary>
    public async ValueTask<IReadOnlyList<string>> SearchWaitingIdsAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await QueryWaitingAsync(limit, cancellationToken)).Select(d => d.Id)];

    /// <summary>Sequences of the messages that wait, longest first.</summary>
    public async ValueTask<IReadOnlyList<long>> ReadWaitingHeadsAsync(int limit, CancellationToken cancellationToken) =>
        [.. (await QueryWaitingAsync(limit, cancellationToken)).Select(d => d.Sequence)];

    private async ValueTask<IReadOnlyList<StoredDocument>> QueryWaitingAsync(int limit, CancellationToken cancellationToken) =>
        (await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = [new DocumentFilter.Equal(State, nameof(MessageState.Waiting))],
            OrderBy = [new DocumentSort(DocumentField.Sequence)],
            Limit = limit,
        }, cancellationToken)).Documents;

    private static JournaledMessage Read(StoredDocument stored) => Collections.Messages.Read(stored) with { Raw = stored.Payload };

    // A commit that has begun is waited for whatever happens to the caller: its outcome decides the counts.
    private async ValueTask<CommitResult> CommitCountedAsync(WriteBatch batch, CommitPriority priority, Action takeBack)
    {
        CommitResult? result = null;
        try
        {
            result = await store.CommitAsync(batch, priority, CancellationToken.None);
            return result;
        }
        finally
        {
            if (result is not CommitResult.Committed)
            {
                takeBack();
            }
        }
    }
}
