using Integration.Core.Delivery;
using Integration.Core.Events;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging;
using Integration.Core.Messaging.Sending;
using Integration.Core.Storage;

namespace Integration.Core.Retention;

/// <summary>
/// Removes events that are older than <see cref="RetentionSettings.Events"/>, with their deliveries that rest and the notes of what was sent to patients for them. Not before the messages that raised them:
/// while a message can be replayed, its events say that they were told.
/// </summary>
public sealed class EventPruning(IDocumentStore store, DeliveryOutbox outbox, RetentionSettings settings, TimeProvider clock)
{
    private const int EventsAStep = 200;

    private static readonly DocumentField CausedBy = Collections.Deliveries.Field("messageId");

    // Events stand in the order of their sequence, which is that of their age: the oldest come first, and the first young one ends it.
    private static readonly DocumentQuery OldestFirst = new(Collections.Events) { OrderBy = [new DocumentSort(DocumentField.Sequence)], Limit = EventsAStep };

    /// <param name="pace">Called behind each step, so that others get their turn.</param>
    /// <returns>How many events were removed.</returns>
    public async ValueTask<long> PruneAsync(Func<ValueTask> pace, CancellationToken cancellationToken)
    {
        if (settings.Events == TimeSpan.MaxValue || clock.GetUtcNow() - DateTimeOffset.UnixEpoch < settings.Events)
        {
            return 0;
        }

        var (pruned, cutoff) = (0L, clock.GetUtcNow() - settings.Events);
        while (true)
        {
            var page = await store.QueryAsync(OldestFirst, cancellationToken);
            var old = page.Documents.Select(Collections.Events.Read).TakeWhile(e => e.Recorded < cutoff).ToList();
            if (old.Count == 0 || !await RemoveAsync(old, cancellationToken))
            {
                return pruned;
            }

            pruned += old.Count;
            await pace();
        }
    }

    /// <summary>TRANSACTION: some events, their deliveries, and what was sent to patients.</summary>
    /// <returns>False: a delivery is being sent or retried; the next round looks anew.</returns>
    private async ValueTask<bool> RemoveAsync(List<EventDocument> old, CancellationToken cancellationToken)
    {
        var ids = old.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        var told = new List<StoredDelivery>();
        var query = new DocumentQuery(Collections.Deliveries) { Where = [new DocumentFilter.In(CausedBy, [.. old.Select(e => e.Cause).Distinct()])], Limit = 1000 };
        await foreach (var stored in store.ReadAllAsync(query, cancellationToken))
        {
            var delivery = Collections.Deliveries.Read(stored);
            if (delivery.EventId is { } id && ids.Contains(id) && delivery.State is (DeliveryState.Done or DeliveryState.Captured))
            {
                told.Add(new StoredDelivery(delivery, stored.Version));
            }
        }

        var sent = old.Where(e => e.Type == FollowUpEvents.Due.Name).SelectMany(e => MessageChannels.All.Select(channel => SentMessageDocument.IdOf(e.Id, channel))).ToList();
        var batch = new WriteBatch();
        foreach (var message in sent.Count == 0 ? [] : await store.GetManyAsync(Collections.SentMessages, sent, cancellationToken))
        {
            batch.Add(Collections.SentMessages.Delete(message.Id));
        }

        foreach (var id in ids)
        {
            batch.Add(Collections.Events.Delete(id));
        }

        foreach (var (delivery, version) in told)
        {
            batch.Add(Collections.Deliveries.Delete(delivery.Id, version));
        }

        if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is not CommitResult.Committed)
        {
            return false;
        }

        outbox.Removed(told);
        return true;
    }
}
