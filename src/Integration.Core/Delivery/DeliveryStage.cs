using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Delivery;

/// <summary>What the record learned → deliveries to the destinations that want to know, in the commit of the change itself (outbox).</summary>
/// <remarks>
/// <para>1. Each change of a resource is looked up in <see cref="RecordTriggers"/>.</para>
/// <para>2. Each destination that wants the trigger, and to which the feed is no echo, gets a delivery with an id made of message, destination,
/// trigger and resource: what a replay finds under that id was told before and is not told again.</para>
/// <para>3. The bytes are made now, so that each delivery tells the state of its own moment. What cannot be made is moved aside at once.</para>
/// </remarks>
public sealed class DeliveryStage(IReadOnlyList<ConfiguredDestination> destinations, DeliveryOutbox outbox, IDocumentStore store, TimeProvider clock) : IMessageStage
{
    private readonly Lock _lock = new();
    private DateTimeOffset _lastCreated;

    public string Name => "deliver";

    public string Description => "Writes what other systems are told of the change.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var planned = Plan(context);
        if (planned.Count == 0)
        {
            return StageOutcome.Next;
        }

        var known = await store.GetManyAsync(Collections.Deliveries, [.. planned.Select(p => p.Delivery.Id)], cancellationToken);
        var told = known.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        var records = new RecordView(store, context.Record!.Changes);
        foreach (var (destination, delivery, focus) in planned.Where(p => !told.Contains(p.Delivery.Id)))
        {
            var content = await destination.BuildAsync(delivery, focus, records, cancellationToken);
            var built = DeliveryBuild.Apply(delivery, content, delivery.Created);
            context.Deliveries.Add(built);
            context.Batch.Add(Collections.Deliveries.Put(built, expectedVersion: 0, withPayload: true));
        }

        return StageOutcome.Next;
    }

    /// <summary>The batch with the deliveries is committed: they may be sent.</summary>
    public void Committed(IReadOnlyList<DeliveryDocument> deliveries)
    {
        if (deliveries.Count > 0)
        {
            outbox.Added(deliveries);
        }
    }

    private List<(ConfiguredDestination Destination, DeliveryDocument Delivery, ResourceDocument Focus)> Plan(MessageContext context)
    {
        var planned = new List<(ConfiguredDestination, DeliveryDocument, ResourceDocument)>();
        var hearing = destinations.Where(d => d.Hears(context.Message.Feed)).ToList();
        if (hearing.Count == 0)
        {
            return planned;
        }

        foreach (var change in context.Record!.Changes)
        {
            foreach (var trigger in RecordTriggers.Of(change))
            {
                foreach (var destination in hearing.Where(d => d.Options.Messages.Contains(trigger)))
                {
                    planned.Add((destination, NewDelivery(context, destination.Name, trigger, change.After), change.After));
                }
            }
        }

        return planned;
    }

    private DeliveryDocument NewDelivery(MessageContext context, string destination, string trigger, ResourceDocument focus)
    {
        var now = NextMoment();
        return new DeliveryDocument
        {
            Id = DeliveryDocument.IdOf(context.Message.Id, destination, trigger, focus.Id),
            Destination = destination,
            Trigger = trigger,
            Reference = focus.Id,
            PatientId = focus.PatientId,
            MessageId = context.Message.Id,
            Created = now,
            Occurred = context.Document?.EventTime ?? context.Message.Received,
            NextAttempt = now,
            Queued = now,
        };
    }

    /// <summary>Now, and later than every moment given before: the order of a patient's deliveries hangs on it.</summary>
    private DateTimeOffset NextMoment()
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));   // what a store keeps of a time
            _lastCreated = now > _lastCreated ? now : _lastCreated.AddMicroseconds(1);
            return _lastCreated;
        }
    }
}
