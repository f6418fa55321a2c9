using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Retention;

/// <summary>
/// Removes messages that are older than their feed's rule allows, with what only they need: raw bytes, done and captured deliveries that they caused, content parts that
/// nobody else refers to. What they brought into the record stays.
/// </summary>
public sealed class MessagePruning(
    IDocumentStore store, MessageJournal journal, DeliveryOutbox outbox, AuditTrail audit, RetentionSettings settings, EngineMetrics metrics, TimeProvider clock)
{
    /// <summary>Name of the actor in the audit.</summary>
    public const string Actor = "engine";

    private const int MessagesAStep = 100;

    private static readonly MessageState[] Finished = [MessageState.Done, MessageState.Filtered, MessageState.Duplicate];
    private static readonly DocumentField Feed = Collections.Messages.Field("feed");
    private static readonly DocumentField State = Collections.Messages.Field("state");
    private static readonly DocumentField Received = Collections.Messages.Field("received");
    private static readonly DocumentField Contents = Collections.Messages.Field("contents");
    private static readonly DocumentField CausedBy = Collections.Deliveries.Field("messageId");

    /// <summary>Removes everything of a feed that is too old.</summary>
    /// <param name="pace">Called behind each step, so that others get their turn.</param>
    /// <returns>How many messages were removed.</returns>
    public async ValueTask<long> PruneAsync(string feed, Func<ValueTask> pace, CancellationToken cancellationToken)
    {
        var total = 0L;
        foreach (var (states, rule) in new[] { (Finished, "Finished"), ([MessageState.Failed], "Failed") })
        {
            if (settings.Of(feed).AgeOf(states[0]) is not { } age || clock.GetUtcNow() - DateTimeOffset.UnixEpoch < age)
            {
                continue;
            }

            var (pruned, cutoff) = (0L, clock.GetUtcNow() - age);
            foreach (var state in states)
            {
                pruned += await PruneAsync(feed, state, cutoff, pace, cancellationToken);
            }

            total += pruned;
            if (pruned > 0)
            {
                var note = new AuditNote(Actor, AuditActions.Prune, feed, $"{pruned} messages received before {cutoff:O}; rule {rule} of {age:c}");
                await audit.CommitAsync(note, batch => store.CommitAsync(batch, CommitPriority.Processing, cancellationToken), cancellationToken);
            }
        }

        return total;
    }

    private async ValueTask<long> PruneAsync(string feed, MessageState state, DateTimeOffset cutoff, Func<ValueTask> pace, CancellationToken cancellationToken)
    {
        var query = new DocumentQuery(Collections.Messages)
        {
            Where =
            [
                new DocumentFilter.Equal(Feed, feed), new DocumentFilter.Equal(State, state.ToString()), new DocumentFilter.Range(Received, null, cutoff),
            ],
            OrderBy = [new DocumentSort(Received)],
            Limit = MessagesAStep,
        };
        var pruned = 0L;
        do
        {
            var page = await store.QueryAsync(query, cancellationToken);
            pruned += await PruneAsync(feed, [.. page.Documents.Select(d => (Collections.Messages.Read(d), d.Version))], cancellationToken);
            query = query with { After = page.Next };
            await pace();
        }
        while (query.After is not null);

        return pruned;
    }

    /// <summary>TRANSACTION: some messages, all that goes with them, and the feed's figures.</summary>
    private async ValueTask<int> PruneAsync(string feed, List<(JournaledMessage Message, long Version)> messages, CancellationToken cancellationToken)
    {
        var deliveries = await DeliveriesOfAsync(messages, cancellationToken);
        var unfinished = deliveries.Where(d => d.Delivery.State is not (DeliveryState.Done or DeliveryState.Captured)).Select(d => d.Delivery.MessageId).ToHashSet(StringComparer.Ordinal);
        var leaving = messages.Where(m => !unfinished.Contains(m.Message.Id)).ToList();
        var told = deliveries.Where(d => !unfinished.Contains(d.Delivery.MessageId)).ToList();
        if (leaving.Count == 0)
        {
            return 0;
        }

        var batch = new WriteBatch();
        foreach (var delivery in told)
        {
            batch.Add(Collections.Deliveries.Delete(delivery.Delivery.Id, delivery.Version));
        }

        await LeaveBlocksAsync(leaving, batch, cancellationToken);
        await RemoveContentAsync(leaving, batch, cancellationToken);
        var (state, version) = await RetentionState.ReadAsync(store, feed, cancellationToken);
        batch.Add(Collections.Retention.Put(Counted(state, leaving), version));
        if (await journal.RemoveAsync(leaving, batch, cancellationToken) is not CommitResult.Committed)
        {
            return 0;   // one of them is being run again, or its delivery retried; the next round looks anew
        }

        CrashPoints.Reach(CrashPoints.Pruned);
        outbox.Removed(told);
        foreach (var group in leaving.GroupBy(m => m.Message.State))
        {
            metrics.Pruned(feed, group.Key, group.Count());
        }

        return leaving.Count;
    }

    private RetentionDocument Counted(RetentionDocument state, List<(JournaledMessage Message, long Version)> leaving)
    {
        var failed = leaving.Count(m => m.Message.State == MessageState.Failed);
        return state with
        {
            PrunedFinished = state.PrunedFinished + leaving.Count - failed,
            PrunedFailed = state.PrunedFailed + failed,
            PrunedBytes = state.PrunedBytes + leaving.Sum(m => (long)m.Message.RawBytes),
            LastPruned = clock.GetUtcNow(),
        };
    }

    // A delivery's id is made of its message's: while the message can be replayed, the delivery says that it was sent.
    private async ValueTask<List<StoredDelivery>> DeliveriesOfAsync(List<(JournaledMessage Message, long Version)> messages, CancellationToken cancellationToken)
    {
        var found = new List<StoredDelivery>();
        if (messages.Count == 0)
        {
            return found;
        }

        var query = new DocumentQuery(Collections.Deliveries) { Where = [new DocumentFilter.In(CausedBy, [.. messages.Select(m => m.Message.Id)])], Limit = 1000 };
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            found.Add(new StoredDelivery(Collections.Deliveries.Read(stored), stored.Version));
        }

        return found;
    }

    private async ValueTask LeaveBlocksAsync(List<(JournaledMessage Message, long Version)> leaving, WriteBatch batch, CancellationToken cancellationToken)
    {
        foreach (var group in leaving.Where(m => m.Message.RawIn is not null).GroupBy(m => m.Message.RawIn!.Block, StringComparer.Ordinal))
        {
            if (await store.GetAsync(Collections.RawBlocks, group.Key, withPayload: false, cancellationToken) is not { } stored)
            {
                continue;
            }

            var block = Collections.RawBlocks.Read(stored);
            var left = block.Messages - group.Count();
            batch.Add(left > 0 ? Collections.RawBlocks.Put(block with { Messages = left }, stored.Version) : Collections.RawBlocks.Delete(block.Id, stored.Version));
        }
    }

    private async ValueTask RemoveContentAsync(List<(JournaledMessage Message, long Version)> leaving, WriteBatch batch, CancellationToken cancellationToken)
    {
        foreach (var group in leaving.Where(m => LongContent.IsLong(m.Message.RawBytes)).GroupBy(m => m.Message.ContentHash, StringComparer.Ordinal))
        {
            var all = await store.CountAsync(Collections.Messages, [new DocumentFilter.Equal(Contents, group.Key)], group.Count() + 1, cancellationToken);
            if (all <= group.Count() && await store.GetAsync(Collections.Attachments, group.Key, withPayload: false, cancellationToken) is null)
            {
                foreach (var part in LongContent.PartIds(group.Key, group.First().Message.RawBytes))
                {
                    batch.Add(Collections.ContentParts.Delete(part));
                }
            }
        }
    }
}
