using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.Events.Record;

/// <summary>Which events the changes of a message are. Reads nothing but what the stages before it found out.</summary>
internal static class RecordEvents
{
    private static readonly FrozenDictionary<string, RecordEventType[]> ByResource =
        RecordEventTypes.All.Where(t => t.Resource is not null).GroupBy(t => t.Resource!, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    /// <summary>Types of the events that one change is, in the order of the catalogue; empty for a resource that only changed hands.</summary>
    public static IEnumerable<RecordEventType> Of(RecordChange change) =>
        change.Before?.Version == change.After.Version || !ByResource.TryGetValue(change.After.Type, out var types) ? [] : types.Where(type => type.Is(change));

    /// <summary>The events of a message for the patient whom the stages ran for.</summary>
    public static IReadOnlyList<EventDocument> Of(MessageContext context)
    {
        var events = new List<EventDocument>();
        var identity = context.Identity!;
        var isNew = context.Batch.Writes.Any(w => w.ExpectedVersion == 0 && w.Collection == Collections.Patients && w.Id == identity.PatientId);
        if (isNew)
        {
            events.Add(OfPatient(context, RecordEventTypes.PatientRegistered.Type, []));
        }

        foreach (var merge in identity.Merges)
        {
            events.Add(OfPatient(context, RecordEventTypes.PatientMerged.Type, new JsonObject { ["mergedPatientId"] = merge.FromPatientId }, merge.FromPatientId));
        }

        var hasReport = context.Mapping!.Resources.Any(r => r.Type == "DiagnosticReport");
        foreach (var change in context.Record!.Changes)
        {
            foreach (var type in Of(change))
            {
                if (!isNew || type.Type.Name != "patient.updated")
                {
                    events.Add(OfChange(context, type, change));
                }
            }

            if (!hasReport && change.After.Type == "Observation" && RecordEventTypes.ResultAlone.Is(change))
            {
                events.Add(OfChange(context, RecordEventTypes.ResultAlone, change));
            }
        }

        return events;
    }

    private static EventDocument OfPatient(MessageContext context, EventType type, JsonObject data, string discriminator = "")
    {
        var subject = $"patients/{context.Identity!.PatientId}";
        return new EventDocument
        {
            Id = EventDocument.IdOf(type.Name, context.Message.Id, subject, discriminator),
            Type = type.Name,
            SchemaVersion = type.SchemaVersion,
            Subject = subject,
            PatientId = context.Identity.PatientId,
            Time = (context.Document?.EventTime ?? context.Message.Received).ToUniversalTime(),
            Cause = context.Message.Id,
            Feed = context.Message.Feed,
            Data = data,
            MayBeStored = context.Message.Attempts > 0,
        };
    }

    private static EventDocument OfChange(MessageContext context, RecordEventType type, RecordChange change)
    {
        var once = type.Once?.Invoke(change);
        return new EventDocument
        {
            Id = EventDocument.IdOf(type.Type.Name, once is null ? context.Message.Id : "", change.After.Id, once ?? ""),
            Type = type.Type.Name,
            SchemaVersion = type.Type.SchemaVersion,
            Subject = change.After.Id,
            PatientId = change.After.PatientId,
            Time = change.After.Provenance.EventTime.ToUniversalTime(),
            Cause = context.Message.Id,
            Feed = context.Message.Feed,
            Data = type.DataOf(change),
            MayBeStored = once is not null || context.Message.Attempts > 0,
        };
    }
}
