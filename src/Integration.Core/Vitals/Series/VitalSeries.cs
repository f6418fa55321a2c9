using System.Globalization;
using Integration.Core.Storage;

namespace Integration.Core.Vitals.Series;

/// <summary>One point of a chart.</summary>
/// <param name="Time">When it was measured, or where its bucket begins (UTC).</param>
/// <param name="Count">Readings in it.</param>
/// <param name="Last">The newest value in it.</param>
public sealed record SeriesPoint(DateTimeOffset Time, int Count, decimal Min, decimal Max, decimal Mean, decimal Last);

/// <summary>Readings of vital signs over time. Safe for many threads.</summary>
public sealed class VitalSeries(IDocumentStore store)
{
    /// <summary>Longest time that is read reading by reading, or in buckets below an hour.</summary>
    public static readonly TimeSpan LongestFine = TimeSpan.FromDays(31);

    /// <summary>Longest time that is read in buckets of hours and days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1100);

    private const int Together = 500;
    private const int MaxRecords = 50;

    /// <summary>The points from a time on, in order; times without a reading have none.</summary>
    /// <param name="patientId">The record that stands: what was measured under records that were merged into it is part of it.</param>
    /// <param name="below">Not included.</param>
    /// <param name="every">Length of a bucket, from midnight UTC on; zero: each reading for itself.</param>
    public async ValueTask<IReadOnlyList<SeriesPoint>> ReadAsync(
        string patientId, VitalSign sign, DateTimeOffset from, DateTimeOffset below, TimeSpan every, CancellationToken cancellationToken)
    {
        var records = await RecordsOfAsync(patientId, cancellationToken);
        var values = every >= TimeSpan.FromHours(1)
            ? await HoursAsync(records, sign, from, below, cancellationToken)
            : await ReadingsAsync(records, sign, from, below, cancellationToken);
        return every == TimeSpan.Zero ? values : [.. values.GroupBy(point => Begin(point.Time, every)).Select(group => Sum(group.Key, [.. group]))];
    }

    private async ValueTask<List<SeriesPoint>> ReadingsAsync(
        IReadOnlyList<string> records, VitalSign sign, DateTimeOffset from, DateTimeOffset below, CancellationToken cancellationToken)
    {
        var ids = Steps(from, below, TimeSpan.FromHours(1)).SelectMany(hour => records.Select(record => VitalHourDocument.IdOf(record, sign.Loinc, hour)));
        var points = new List<SeriesPoint>();
        foreach (var chunk in ids.Chunk(Together))
        {
            foreach (var stored in await store.GetManyAsync(Collections.VitalHours, chunk, cancellationToken))
            {
                points.AddRange(Collections.VitalHours.Read(stored).Points.Where(point => point.T >= from && point.T < below)
                    .Select(point => new SeriesPoint(point.T, 1, point.V, point.V, point.V, point.V)));
            }
        }

        points.Sort((a, b) => a.Time.CompareTo(b.Time));
        return points;
    }

    /// <summary>Whole hours, those in which the time begins and ends among them.</summary>
    private async ValueTask<List<SeriesPoint>> HoursAsync(
        IReadOnlyList<string> records, VitalSign sign, DateTimeOffset from, DateTimeOffset below, CancellationToken cancellationToken)
    {
        var firstHour = Begin(from, TimeSpan.FromHours(1));
        var ids = Steps(from, below, TimeSpan.FromDays(1)).SelectMany(day => records.Select(record => VitalDayDocument.IdOf(record, sign.Loinc, day)));
        var points = new List<SeriesPoint>();
        foreach (var chunk in ids.Chunk(Together))
        {
            foreach (var stored in await store.GetManyAsync(Collections.VitalDays, chunk, cancellationToken))
            {
                var day = DateTimeOffset.ParseExact(stored.Id[(stored.Id.LastIndexOf('/') + 1)..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                points.AddRange(Collections.VitalDays.Read(stored).Hours.Select(hour => (Time: day.AddHours(hour.H), Hour: hour)).Where(hour => hour.Time >= firstHour && hour.Time < below)
                    .Select(hour => new SeriesPoint(hour.Time, hour.Hour.N, hour.Hour.Min, hour.Hour.Max, hour.Hour.Sum / hour.Hour.N, hour.Hour.Last)));
            }
        }

        points.Sort((a, b) => a.Time.CompareTo(b.Time));
        return points;
    }

    /// <summary>The record and all that were merged into it, however often.</summary>
    private async ValueTask<IReadOnlyList<string>> RecordsOfAsync(string patientId, CancellationToken cancellationToken)
    {
        var records = new List<string> { patientId };
        for (var at = 0; at < records.Count && records.Count < MaxRecords; at++)
        {
            var merged = await store.QueryAsync(new DocumentQuery(Collections.Patients)
            {
                Where = [new DocumentFilter.Equal(Collections.Patients.Field("mergedInto"), records[at])],
                Limit = MaxRecords,
            }, cancellationToken);
            records.AddRange(merged.Documents.Select(document => document.Id).Where(id => !records.Contains(id)));
        }

        return records;
    }

    private static IEnumerable<DateTimeOffset> Steps(DateTimeOffset from, DateTimeOffset below, TimeSpan step)
    {
        for (var at = Begin(from, step); at < below; at += step)
        {
            yield return at;
        }
    }

    private static DateTimeOffset Begin(DateTimeOffset time, TimeSpan step) => new(time.UtcTicks - (time.UtcTicks % step.Ticks), TimeSpan.Zero);

    private static SeriesPoint Sum(DateTimeOffset begin, IReadOnlyList<SeriesPoint> points)
    {
        var count = points.Sum(point => point.Count);
        return new SeriesPoint(begin, count, points.Min(point => point.Min), points.Max(point => point.Max), points.Sum(point => point.Mean * point.Count) / count, points[^1].Last);
    }
}
