using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Core.Vitals.Limits;
using Integration.Core.Vitals.Series;

namespace Integration.Core.Vitals;

/// <summary>What the watch made of one message.</summary>
/// <param name="Events">Breaches and recoveries, in the order in which they happened.</param>
/// <param name="Judged">References of the Observations that limits were applied to: a flag that their sender set says nothing more.</param>
public sealed record VitalOutcome(IReadOnlyList<EventDocument> Events, IReadOnlySet<string> Judged)
{
    /// <summary>The message holds no vital sign.</summary>
    public static readonly VitalOutcome Nothing = new([], new HashSet<string>());
}

/// <summary>Vital signs of a message, whatever feed brought them: into the series, and past the limits. All of it goes into the message's batch. Safe for many threads.</summary>
/// <remarks>
/// <para>1. Readings of devices, and those of Observations that are new or changed; what an Observation said before goes.</para>
/// <para>2. Each reading is put into its hour, and the hour into its day.</para>
/// <para>3. In the order of their times: the patient's own limit, else that for the age, decides by <see cref="LimitMachine"/>.</para>
/// </remarks>
public sealed class VitalSignWatch(IDocumentStore store, VitalLimitCatalog defaults)
{
    /// <param name="context">After the record stage.</param>
    public async ValueTask<VitalOutcome> TakeAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var patientId = context.Identity!.PatientId;
        var series = new VitalSeriesBatch(store);
        var readings = new List<(VitalReading Reading, string Reference)>();
        foreach (var (reading, reference) in context.DeviceReadings)
        {
            series.Add(patientId, reading);
            readings.Add((reading, reference));
            if (context.Message.PatientId is { } former && former != patientId)
            {
                series.Remove(former, reading);   // run again since its device was bound to somebody else
            }
        }

        foreach (var change in context.Record!.Changes.Where(change => change.After.Type == "Observation" && change.Before?.Version != change.After.Version && !NewestReading.Is(change.After.Id)))
        {
            foreach (var reading in change.Before is { } before ? VitalReading.Of(before.Resource, before.Id) : [])
            {
                series.Remove(change.Before!.PatientId, reading);
            }

            foreach (var reading in VitalReading.Of(change.After.Resource, change.After.Id))
            {
                series.Add(change.After.PatientId, reading);
                if (change.After.PatientId == patientId)
                {
                    readings.Add((reading, change.After.Id));
                }
            }
        }

        await series.WriteAsync(context.Batch, cancellationToken);
        return readings.Count == 0 ? VitalOutcome.Nothing : await JudgeAsync(context, readings, cancellationToken);
    }

    private async ValueTask<VitalOutcome> JudgeAsync(MessageContext context, List<(VitalReading Reading, string Reference)> readings, CancellationToken cancellationToken)
    {
        var patientId = context.Identity!.PatientId;
        var own = await store.GetAsync(Collections.VitalLimits, patientId, withPayload: false, cancellationToken) is { } limits ? Collections.VitalLimits.Read(limits).Limits : null;
        var stored = await store.GetAsync(Collections.VitalStates, patientId, withPayload: false, cancellationToken);
        var signs = stored is null ? new Dictionary<string, LimitState>(StringComparer.Ordinal) : Collections.VitalStates.Read(stored).Signs.ToDictionary(StringComparer.Ordinal);
        var (events, judged, isChanged) = (new List<EventDocument>(), new HashSet<string>(StringComparer.Ordinal), false);
        foreach (var (reading, reference) in readings.OrderBy(r => r.Reading.Time))
        {
            var loinc = reading.Sign.Loinc;
            var limit = own is not null && own.TryGetValue(loinc, out var set) ? set : defaults.Current.Find(loinc, AgeAt(context.Record!.Patient, reading.Time));
            var before = signs.GetValueOrDefault(loinc, LimitState.Unknown);
            if (limit is null && before.Side is null)
            {
                continue;
            }

            judged.Add(reference);
            var (after, told) = LimitMachine.Step(before, limit, reading.Value, reading.Time);
            if (after != before)
            {
                signs[loinc] = after;
                isChanged = true;
            }

            events.AddRange(told.Select(e => EventOf(context, e, reading, reference)));
        }

        if (isChanged)
        {
            context.Batch.Add(Collections.VitalStates.Put(new VitalStateDocument { Id = patientId, Signs = signs }, stored?.Version ?? 0));
        }

        return new VitalOutcome(events, judged);
    }

    /// <summary>Its id is made of the sign and the moment: whatever message tells of it, it is raised once.</summary>
    private static EventDocument EventOf(MessageContext context, LimitEvent told, VitalReading reading, string reference)
    {
        var type = told.IsOut ? RecordEventTypes.VitalSignOutOfLimits : RecordEventTypes.VitalSignRecovered;
        var patientId = context.Identity!.PatientId;
        var data = context.Record!.Changes.FirstOrDefault(change => change.After.Id == reference) is { } change ? type.DataOf(change) : new JsonObject { ["status"] = "final" };
        data["sign"] = reading.Sign.Name;
        data["side"] = told.Side;
        data["limit"] = told.Limit is { } limit ? JsonValue.Create(limit) : null;
        data["measured"] = JsonValue.Create(reading.Value);
        data["unit"] = reading.Sign.Unit;
        return new EventDocument
        {
            Id = EventDocument.IdOf(
                type.Type.Name, "", $"patients/{patientId}", string.Create(CultureInfo.InvariantCulture, $"{reading.Sign.Loinc}|{told.Side}|{reading.Time.UtcDateTime:O}")),
            Type = type.Type.Name,
            SchemaVersion = type.Type.SchemaVersion,
            Subject = reference,
            PatientId = patientId,
            Time = reading.Time,
            Cause = context.Message.Id,
            Feed = context.Message.Feed,
            Data = data,
        };
    }

    /// <summary>Whole years; null when the day of birth is not known to the day.</summary>
    private static int? AgeAt(PatientDocument? patient, DateTimeOffset time)
    {
        if (!DateOnly.TryParseExact(patient?.Demographics.BirthDate, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born))
        {
            return null;
        }

        var day = DateOnly.FromDateTime(time.UtcDateTime);
        var years = day.Year - born.Year - (day < born.AddYears(day.Year - born.Year) ? 1 : 0);
        return years >= 0 ? years : null;
    }
}
