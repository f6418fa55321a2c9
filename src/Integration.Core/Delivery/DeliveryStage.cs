using System.Text.Json.Nodes;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Delivery;

/// <summary>What the record learned → deliveries to the destinations that want to know, in the commit of the change itself (outbox).</summary>
/// <remarks>
/// <para>1. Each change of a resource is looked up in <see cref="RecordTriggers"/>. A released report of which only a result changed is told too.</para>
/// <para>2. Each destination that wants the trigger, and to which the feed is no echo, gets a delivery with an id made of message, destination,
/// trigger and resource: what a replay finds under that id was told before and is not told again.</para>
/// <para>3. The bytes are made now, so that each delivery tells the state of its own moment. What cannot be made is moved aside at once.</para>
/// </remarks>
public sealed class DeliveryStage(IReadOnlyList<ConfiguredDestination> destinations, DeliveryOutbox outbox, IDocumentStore store, TimeProvider time) : IMessageStage
{
    private readonly StrictClock _clock = new(time);

    public string Name => "deliver";

    public string Description => "Writes what other systems are told of the change.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var planned = await PlanAsync(context, cancellationToken);
        if (planned.Count == 0)
        {
            return StageOutcome.Next;
        }

        var known = await store.GetManyAsync(Collections.Deliveries, [.. planned.Select(p => p.Delivery.Id)], cancellationToken);
        var told = known.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        var records = new RecordView(store, context.Record!.Changes);
        foreach (var (destination, delivery, change) in planned.Where(p => !told.Contains(p.Delivery.Id)))
        {
            var content = await destination.BuildAsync(delivery, change.After, change.Before, records, cancellationToken);
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

    private async ValueTask<List<(ConfiguredDestination Destination, DeliveryDocument Delivery, RecordChange Change)>> PlanAsync(
        MessageContext context, CancellationToken cancellationToken)
    {
        var planned = new List<(ConfiguredDestination, DeliveryDocument, RecordChange)>();
        var hearing = destinations.Where(d => d.Hears(context.Message.Feed)).ToList();
        if (hearing.Count == 0)
        {
            return planned;
        }

        var told = context.Record!.Changes.SelectMany(change => RecordTriggers.Of(change).Select(trigger => (Trigger: trigger, Change: change))).ToList();
        if (hearing.Exists(destination => destination.Options.Messages.Contains(RecordTriggers.Report)))
        {
            told.AddRange((await ReportsOfChangedResultsAsync(context, cancellationToken)).Select(change => (RecordTriggers.Report, change)));
        }

        foreach (var (trigger, change) in told)
        {
            foreach (var destination in hearing.Where(d => d.Options.Messages.Contains(trigger)))
            {
                planned.Add((destination, NewDelivery(context, destination.Name, trigger, change), change));
            }
        }

        return planned;
    }

    /// <summary>Released reports of the message that say what they said, while a result of theirs was corrected.</summary>
    private async ValueTask<IReadOnlyList<RecordChange>> ReportsOfChangedResultsAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var changes = context.Record!.Changes;
        var corrected = changes.Where(RecordTriggers.IsCorrectedResult).Select(change => change.After.Id).ToHashSet(StringComparer.Ordinal);
        if (corrected.Count == 0)
        {
            return [];
        }

        var told = changes.Where(change => RecordTriggers.Of(change).Count > 0).Select(change => change.After.Id);
        var reports = context.Mapping!.Resources.Where(resource => resource.Type == "DiagnosticReport" && resource.Json["result"] is JsonArray results
            && results.Any(result => (string?)result?["reference"] is { } reference && corrected.Contains(reference))).Select(resource => $"{resource.Type}/{resource.Id}").Except(told).ToList();
        var stored = reports.Count == 0 ? [] : await store.GetManyAsync(Collections.Resources, reports, cancellationToken);
        return [.. stored.Select(Collections.Resources.Read).Where(RecordTriggers.IsReleasedReport).Select(report => new RecordChange(report, report))];
    }

    private DeliveryDocument NewDelivery(MessageContext context, string destination, string trigger, RecordChange change)
    {
        var focus = change.After;
        var now = _clock.Next();   // the order of a patient's deliveries hangs on it
        return new DeliveryDocument
        {
            Id = DeliveryDocument.IdOf(context.Message.Id, destination, trigger, focus.Id),
            Destination = destination,
            Trigger = trigger,
            Reference = focus.Id,
            PatientId = focus.PatientId,
            MessageId = context.Message.Id,
            VersionBefore = change.Before?.Version,
            Created = now,
            Occurred = context.Document?.EventTime ?? context.Message.Received,
            NextAttempt = now,
            Queued = now,
        };
    }
}
