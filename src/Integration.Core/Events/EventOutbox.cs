using Integration.Core.Delivery;
using Integration.Core.Storage;

namespace Integration.Core.Events;

/// <summary>
/// Raises events into somebody's batch: the event and one delivery for each destination that hears it, so that they are committed with what they
/// tell. After the commit the caller calls <see cref="Committed"/>. Safe for many threads.
/// </summary>
public sealed class EventOutbox(IReadOnlyList<ConfiguredDestination> destinations, DeliveryOutbox outbox, IDocumentStore store, TimeProvider time)
{
    private readonly StrictClock _clock = new(time);
    private readonly ConfiguredDestination[] _hearing = [.. destinations.Where(d => d.Options.Events.Count > 0)];

    /// <summary>Adds events to the batch. Those whose id is stored, or came before in the list, are left out.</summary>
    /// <param name="events">Of types in <see cref="EventCatalog"/>; <see cref="EventDocument.Recorded"/> is set here, in their order.</param>
    public async ValueTask<RaisedEvents> RaiseAsync(WriteBatch batch, IReadOnlyList<EventDocument> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return RaisedEvents.None;
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        if (events.Any(e => e.MayBeStored))
        {
            var stored = await store.GetManyAsync(Collections.Events, [.. events.Where(e => e.MayBeStored).Select(e => e.Id).Distinct()], cancellationToken);
            known.UnionWith(stored.Select(d => d.Id));
        }

        var raised = new List<EventDocument>(events.Count);
        var deliveries = new List<DeliveryDocument>();
        foreach (var e in events)
        {
            if (!known.Add(e.Id))
            {
                continue;
            }

            var recorded = e with { Recorded = _clock.Next() };
            raised.Add(recorded);
            batch.Add(Collections.Events.Put(recorded, expectedVersion: 0));
            foreach (var destination in _hearing.Where(d => d.HearsEvent(recorded)))
            {
                var delivery = NewDelivery(recorded, destination.Name);
                deliveries.Add(delivery);
                batch.Add(Collections.Deliveries.Put(delivery, expectedVersion: 0));
            }
        }

        return new RaisedEvents(raised, deliveries);
    }

    /// <summary>The batch is committed: the deliveries may be sent.</summary>
    public void Committed(RaisedEvents raised)
    {
        if (raised.Deliveries.Count > 0)
        {
            outbox.Added(raised.Deliveries);
        }
    }

    // The content is made when it is sent: the event never changes, and most destinations take it within a moment.
    private static DeliveryDocument NewDelivery(EventDocument e, string destination) => new()
    {
        Id = DeliveryDocument.IdOf(e.Id, destination, e.Type, e.Subject),
        Destination = destination,
        Trigger = e.Type,
        Reference = e.Subject,
        PatientId = e.PatientId ?? "",
        MessageId = e.Cause,
        EventId = e.Id,
        Created = e.Recorded,
        Occurred = e.Time,
        NextAttempt = e.Recorded,
        Queued = e.Recorded,
    };
}
