using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Storage;

namespace Integration.Core.Messaging.Sending;

/// <summary>
/// What was sent to patients, and what becomes of the work that was told: each outcome of a message is one commit with an attempt in its work. Safe for many
/// threads.
/// </summary>
public sealed class SentMessages(IDocumentStore store, FollowUpStore followUps, FollowUpRuleCatalog rules, EventOutbox outbox, TimeProvider clock)
{
    /// <summary>Result of an attempt that the provider took.</summary>
    public const string SentResult = "sent";

    /// <summary>Result of an attempt that arrived.</summary>
    public const string DeliveredResult = "delivered";

    /// <summary>Result of an attempt that came to nothing.</summary>
    public const string FailedResult = "failed";

    private const int MostTries = 20;
    private const int MostOfAddress = 20;

    private static readonly DocumentCollection<SentMessageDocument> All = Collections.SentMessages;

    /// <summary>What was sent for an event, by channel.</summary>
    public async ValueTask<IReadOnlyDictionary<string, SentMessageDocument>> OfEventAsync(PatientMessage message, CancellationToken cancellationToken)
    {
        var ids = message.Sendable.Select(channel => SentMessageDocument.IdOf(message.EventId, channel.Channel)).Distinct(StringComparer.Ordinal).ToList();
        var stored = ids.Count == 0 ? [] : await store.GetManyAsync(All, ids, cancellationToken);
        return stored.Select(All.Read).ToDictionary(sent => sent.Channel, StringComparer.Ordinal);
    }

    /// <summary>The message that a provider knows by an id, with its version; null: there is none.</summary>
    public async ValueTask<(SentMessageDocument Message, long Version)?> OfReceiptAsync(string gateway, string providerId, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(All)
        {
            Where = [new DocumentFilter.Equal(All.Field("receiptKey"), SentMessageDocument.ReceiptKeyOf(gateway, providerId))],
            Limit = 1,
        }, cancellationToken);
        return page.Documents is [var stored, ..] ? (All.Read(stored), stored.Version) : null;
    }

    /// <summary>What was sent to patients, newest first.</summary>
    /// <param name="state">Null: in any state.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="after">Token of the page before; null: from the newest.</param>
    /// <exception cref="ArgumentException">The token is of another list.</exception>
    public async ValueTask<(IReadOnlyList<SentMessageDocument> Messages, string? Next)> NewestAsync(SentMessageState? state, int limit, string? after, CancellationToken cancellationToken)
    {
        var page = await store.QueryAsync(new DocumentQuery(All)
        {
            Where = state is { } wanted ? [new DocumentFilter.Equal(All.Field("state"), wanted.ToString())] : [],
            OrderBy = [new DocumentSort(All.Field("sent"), Descending: true)],
            Limit = limit,
            After = after,
        }, cancellationToken);
        return ([.. page.Documents.Select(All.Read)], page.Next);
    }

    /// <summary>What was sent to an address, newest first.</summary>
    public async ValueTask<IReadOnlyList<SentMessageDocument>> ToAsync(string address, CancellationToken cancellationToken) => [.. (await store.QueryAsync(new DocumentQuery(All)
    {
        Where = [new DocumentFilter.Equal(All.Field("to"), AddressKey.Of(address))],
        OrderBy = [new DocumentSort(All.Field("sent"), Descending: true)],
        Limit = MostOfAddress,
    }, cancellationToken)).Documents.Select(All.Read)];

    /// <summary>TRANSACTION: what became of a message and the attempt in its work; where no channel is left, the work goes to a person, with the event that says so.</summary>
    /// <param name="version">Version at which the message was read; null: whatever is there is replaced.</param>
    /// <param name="handOver">No channel is left: a person has to do it.</param>
    /// <returns>False when somebody else changed the message meanwhile.</returns>
    public async ValueTask<bool> NoteAsync(SentMessageDocument message, long? version, bool handOver, CancellationToken cancellationToken)
    {
        var result = message.State switch
        {
            SentMessageState.Sent => SentResult,
            SentMessageState.Delivered => DeliveredResult,
            _ => FailedResult,
        };
        var attempt = new FollowUpAttempt(clock.GetUtcNow(), message.Gateway, result, message.State == SentMessageState.Delivered, message.Reason ?? "") { Channel = message.Channel };
        return await CommitAsync(message.WorkId, [attempt], handOver, message.EventId, batch => batch.Add(All.Put(message, version)), message.Id, cancellationToken);
    }

    /// <summary>TRANSACTION: nothing could be sent at all, and a person has to do it.</summary>
    /// <param name="reason">Why, in one line.</param>
    public async ValueTask HandOverAsync(PatientMessage message, string gateway, string reason, CancellationToken cancellationToken) => await CommitAsync(
        message.WorkId, [new FollowUpAttempt(clock.GetUtcNow(), gateway, FailedResult, Reached: false, reason) { Channel = "none" }], handOver: true, message.EventId, _ => { }, "",
        cancellationToken);

    private async ValueTask<bool> CommitAsync(
        string workId, IReadOnlyList<FollowUpAttempt> attempts, bool handOver, string cause, Action<WriteBatch> add, string messageId, CancellationToken cancellationToken)
    {
        for (var i = 0; i < MostTries; i++)
        {
            var batch = new WriteBatch();
            add(batch);
            var events = new List<EventDocument>();
            if (await followUps.GetAsync(workId, cancellationToken) is var (work, version))
            {
                var tried = work with { Attempts = [.. work.Attempts, .. attempts] };
                var after = handOver ? HandedOver(tried, events, cause) : tried;
                batch.Add(Collections.FollowUps.Put(after, version));
                if (handOver)
                {
                    await AddBundledAsync(work, batch, events, cause, cancellationToken);
                }
            }

            var raised = await outbox.RaiseAsync(batch, events, cancellationToken);
            switch (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken))
            {
                case CommitResult.Committed:
                    outbox.Committed(raised);
                    return true;
                case CommitResult.Conflict conflict when conflict.Collection == All.Name && conflict.Id == messageId:
                    return false;
            }
        }

        throw new StoreUnavailableException("Others changed the work at each try.");
    }

    /// <summary>What was told in the same message goes to a person with it.</summary>
    private async ValueTask AddBundledAsync(FollowUpDocument leader, WriteBatch batch, List<EventDocument> events, string cause, CancellationToken cancellationToken)
    {
        foreach (var bundled in (await followUps.OfPatientAsync(leader.PatientId, cancellationToken)).Where(found => found.Work.BundledInto == leader.Id))
        {
            if (HandedOver(bundled.Work, events, cause) is { State: FollowUpState.Due } due && due != bundled.Work)
            {
                batch.Add(bundled.Put(due));
            }
        }
    }

    private FollowUpDocument HandedOver(FollowUpDocument work, List<EventDocument> events, string cause)
    {
        if (!FollowUpLifecycle.MayBeHandedOver(work))
        {
            return work;
        }

        var now = clock.GetUtcNow();
        var (set, calendar) = rules.Current;
        var rule = set.All.GetValueOrDefault(work.Rule);
        var due = work with
        {
            State = FollowUpState.Due,
            Mode = FollowUpMode.Remind,
            Reason = FollowUpReasons.NotReached,
            DueSince = now,
            ClosedAt = null,
            BundledInto = null,
            NextAt = rule is { Escalate: [var first, ..] } ? first.After.After(now, calendar) : null,
        };
        events.Add(FollowUpEvents.Of(FollowUpEvents.Due, due, rule, now, $"{FollowUpReasons.NotReached} {cause}"));
        return due;
    }
}
