using Integration.Core.Storage;

namespace Integration.Core.Vitals.Series;

/// <summary>What one message does to the series. Gathered first, written to its batch by <see cref="WriteAsync"/>.</summary>
internal sealed class VitalSeriesBatch(IDocumentStore store)
{
    private readonly List<(string PatientId, VitalReading Reading, bool IsRemoval)> _steps = [];

    /// <summary>The reading is there; one of the same key in its hour goes.</summary>
    public void Add(string patientId, VitalReading reading) => _steps.Add((patientId, reading, IsRemoval: false));

    /// <summary>The reading is not there any more.</summary>
    public void Remove(string patientId, VitalReading reading) => _steps.Add((patientId, reading, IsRemoval: true));

    /// <summary>Adds the hours and days that change to the batch: the pipeline commits once.</summary>
    public async ValueTask WriteAsync(WriteBatch batch, CancellationToken cancellationToken)
    {
        if (_steps.Count == 0)
        {
            return;
        }

        var hours = _steps.GroupBy(step => VitalHourDocument.IdOf(step.PatientId, step.Reading.Sign.Loinc, step.Reading.Time), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        var stored = (await store.GetManyAsync(Collections.VitalHours, hours.Keys, cancellationToken)).ToDictionary(document => document.Id, StringComparer.Ordinal);
        var days = new Dictionary<string, Dictionary<int, VitalHour?>>(StringComparer.Ordinal);
        foreach (var (id, steps) in hours)
        {
            var before = stored.TryGetValue(id, out var found) ? Collections.VitalHours.Read(found).Points : [];
            var after = Apply(before, steps);
            if (before.SequenceEqual(after))
            {
                continue;
            }

            batch.Add(after.Count == 0 ? Collections.VitalHours.Delete(id, found?.Version) : Collections.VitalHours.Put(new VitalHourDocument(id, after), found?.Version ?? 0));
            var (patientId, reading, _) = steps[0];
            var day = VitalDayDocument.IdOf(patientId, reading.Sign.Loinc, reading.Time);
            var changed = days.TryGetValue(day, out var known) ? known : days[day] = [];
            changed[reading.Time.UtcDateTime.Hour] = HourOf(reading.Time.UtcDateTime.Hour, after);
        }

        await WriteDaysAsync(batch, days, cancellationToken);
    }

    private async ValueTask WriteDaysAsync(WriteBatch batch, Dictionary<string, Dictionary<int, VitalHour?>> days, CancellationToken cancellationToken)
    {
        if (days.Count == 0)
        {
            return;
        }

        var stored = (await store.GetManyAsync(Collections.VitalDays, days.Keys, cancellationToken)).ToDictionary(document => document.Id, StringComparer.Ordinal);
        foreach (var (id, changed) in days)
        {
            var before = stored.TryGetValue(id, out var found) ? Collections.VitalDays.Read(found).Hours : [];
            var after = before.Where(hour => !changed.ContainsKey(hour.H)).Concat(changed.Values.OfType<VitalHour>()).OrderBy(hour => hour.H).ToList();
            batch.Add(after.Count == 0 ? Collections.VitalDays.Delete(id, found?.Version) : Collections.VitalDays.Put(new VitalDayDocument(id, after), found?.Version ?? 0));
        }
    }

    private static List<VitalPoint> Apply(IReadOnlyList<VitalPoint> before, List<(string PatientId, VitalReading Reading, bool IsRemoval)> steps)
    {
        var points = before.ToList();
        foreach (var (_, reading, isRemoval) in steps)
        {
            points.RemoveAll(point => point.K == reading.Key);
            if (!isRemoval)
            {
                points.Add(new VitalPoint(reading.Time, reading.Value, reading.Key, reading.Sent?.Value, reading.Sent?.Unit));
            }
        }

        return [.. points.OrderBy(point => point.T).ThenBy(point => point.K, StringComparer.Ordinal)];
    }

    private static VitalHour? HourOf(int hour, List<VitalPoint> points) => points.Count == 0
        ? null
        : new VitalHour(hour, points.Count, points.Min(point => point.V), points.Max(point => point.V), points.Sum(point => point.V), points[^1].V);
}
