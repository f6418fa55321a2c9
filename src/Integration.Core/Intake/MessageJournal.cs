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
    private static readonly DocumentField PatientId = Collections.Messages.Field("patientId");
    private static readonly DocumentField Identifiers = Collections.Messages.Field("identifiers");

    /// <summary>Makes the message durable. Returns false when the id is taken, which version 7 UUIDs do not allow to happen.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take it now, or its disk is nearly full.</exception>
    public async ValueTask<bool> AppendAsync(JournaledMessage message, CancellationToken cancellationToken)
    {
        if (disk.Problem is { } problem)
        {
            throw new StoreUnavailableException(problem);
        }

        var batch = new WriteBatch();
        batch.Add(Collections.Messages.Put(message, expectedVersion: 0, withPayload: true));
        if (await store.CommitAsync(batch, CommitPriority.Intake, cancellationToken) is not CommitResult.Committed)
        {
            return false;
        }

        tally.Add(message.Feed, message.State, 1);
        if (message.State == MessageState.Waiting)
        {
            arrival.Set();
        }

        return true;
    }

    /// <summary>Counts what the store holds. Called once at start, before anything is taken in.</summary>
    public async ValueTask LoadTallyAsync(CancellationToken cancellationToken)
    {
        foreach (var group in await store.GroupAndCountAsync(Collections.Messages, [], [Feed, State], cancellationToken))
        {
            tally.Add((string)group.Key[0]!, Enum.Parse<MessageState>((string)group.Key[1]!), group.Count);
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
        effects.Add(Collections.Messages.Put(finished, version));
        var result = await store.CommitAsync(effects, CommitPriority.Processing, cancellationToken);
        if (result is CommitResult.Committed)
        {
            tally.Move(finished.Feed, MessageState.Waiting, finished.State);
            completions.Publish(finished);
        }

        return result;
    }

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
    public async ValueTask<DateTimeOffset?> OldestWaitingAsync(string feed, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = [new DocumentFilter.Equal(Feed, feed), new DocumentFilter.Equal(State, nameof(MessageState.Waiting))],
            OrderBy = [new DocumentSort(Received)],
            Limit = 1,
        }, cancellationToken);
        return page.Documents.Count == 0 ? null : Read(page.Documents[0]).Received;
    }

    /// <summary>What this sender sent with this control id on this feed, newest first, at most 20, without raw bytes.</summary>
    public async ValueTask<IReadOnlyList<JournaledMessage>> FindByControlIdAsync(
        string feed, string sender, string controlId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(Collections.Messages)
        {
            Where = [new DocumentFilter.Equal(ControlId, controlId), new DocumentFilter.Equal(Feed, feed), new DocumentFilter.Equal(Sender, sender)],
            OrderBy = [new DocumentSort(DocumentField.Sequence, Descending: true)],
            Limit = 20,
        }, cancellationToken);
        return [.. page.Documents.Select(Collections.Messages.Read)];
    }

    /// <summary>One message; null when there is none of that id.</summary>
    /// <param name="withRaw">Read the raw bytes too.</param>
    public async ValueTask<(JournaledMessage Message, long Version)?> GetAsync(string id, bool withRaw, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Messages, id, withRaw, cancellationToken) is { } stored ? (Read(stored), stored.Version) : null;

    /// <summary>Messages, newest first.</summary>
    public async ValueTask<MessagePage> SearchAsync(MessageSearch search, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        if (search.Feed is not null)
        {
            where.Add(new DocumentFilter.Equal(Feed, search.Feed));
        }

        if (search.State is { } state)
        {
            where.Add(new DocumentFilter.Equal(State, state.ToString()));
        }

        if (search.From is not null || search.Below is not null)
        {
            where.Add(new DocumentFilter.Range(Received, search.From, search.Below));
        }

        if (!string.IsNullOrWhiteSpace(search.Text))
        {
            where.Add(await FindTextFieldAsync(search.Text.Trim(), cancellationToken));
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
    /// <returns>False when there is no such message, it is a duplicate (its first copy is the one to replay), or it is already waiting.</returns>
    public async ValueTask<bool> RequestReplayAsync(string id, CancellationToken cancellationToken)
    {
        while (await GetAsync(id, withRaw: false, cancellationToken) is var (message, version))
        {
            if (message.State is MessageState.Waiting or MessageState.Duplicate)
            {
                return false;
            }

            var batch = new WriteBatch();
            batch.Add(Collections.Messages.Put(message with { State = MessageState.Waiting }, version));
            if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed)
            {
                tally.Move(message.Feed, message.State, MessageState.Waiting);
                arrival.Set();
                return true;
            }
        }

        return false;
    }

    /// <summary>Waiting messages with raw bytes in order of arrival, those behind <paramref name="sequence"/>.</summary>
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

    private static JournaledMessage Read(StoredDocument stored) => Collections.Messages.Read(stored) with { Raw = stored.Payload };

    // One box, four kinds of key: the first kind that knows the text answers, so that each search uses one index.
    private async ValueTask<DocumentFilter> FindTextFieldAsync(string text, CancellationToken cancellationToken)
    {
        DocumentFilter[] kinds =
        [
            new DocumentFilter.Equal(DocumentField.Id, text),
            new DocumentFilter.Equal(ControlId, text),
            new DocumentFilter.Equal(PatientId, text),
        ];
        foreach (var kind in kinds)
        {
            if (await store.CountAsync(Collections.Messages, [kind], atMost: 1, cancellationToken) > 0)
            {
                return kind;
            }
        }

        return new DocumentFilter.Equal(Identifiers, text);
    }
}

/// <summary>A message the pipeline has to run, with the place it holds in the order of arrival.</summary>
public sealed record WaitingMessage(JournaledMessage Message, long Version, long Sequence);
