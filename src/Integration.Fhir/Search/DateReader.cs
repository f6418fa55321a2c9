using System.Text.Json;
using Integration.Fhir.FhirPath.Values;
using Integration.Fhir.Validation;

namespace Integration.Fhir.Search;

/// <summary>Ranges of time of date, dateTime, instant, Period and Timing. FHIR R4 search.html §3.1.1.4.7.</summary>
internal static class DateReader
{
    public static IEnumerable<FhirSearchValue> Read(FhirSearchParameter parameter, PathItem item, TimeSpan offset)
    {
        if (!item.IsElement)
        {
            return [];
        }

        var (start, end) = item.Type.Type.Name switch
        {
            "Period" => PeriodOf(item.Json, offset),
            "Timing" => TimingOf(item.Json, offset),
            _ => RangeOf(item.Json, offset),
        };
        return start is null && end is null ? [] : [new FhirDateValue(parameter, start, end)];
    }

    private static (DateTimeOffset? Start, DateTimeOffset? End) PeriodOf(JsonElement json, TimeSpan offset) => json.ValueKind == JsonValueKind.Object
        ? (RangeOf(JsonText.Find(json, "start"u8), offset).Start, RangeOf(JsonText.Find(json, "end"u8), offset).End)
        : (null, null);

    /// <summary>From the first event to the last, or the bounds of the repetition.</summary>
    private static (DateTimeOffset? Start, DateTimeOffset? End) TimingOf(JsonElement json, TimeSpan offset)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return (null, null);
        }

        var events = JsonText.Find(json, "event"u8);
        if (events.ValueKind == JsonValueKind.Array)
        {
            var ranges = events.EnumerateArray().Select(e => RangeOf(e, offset)).ToList();
            return (ranges.Min(r => r.Start), ranges.Max(r => r.End));
        }

        var repeat = JsonText.Find(json, "repeat"u8);
        return repeat.ValueKind == JsonValueKind.Object ? PeriodOf(JsonText.Find(repeat, "boundsPeriod"u8), offset) : (null, null);
    }

    /// <summary>From the beginning of what was written to the beginning of what follows it at that precision.</summary>
    private static (DateTimeOffset? Start, DateTimeOffset? End) RangeOf(JsonElement json, TimeSpan offset) =>
        json.ValueKind == JsonValueKind.String && JsonText.TryRead(json, out var text) ? RangeOf(System.Text.Encoding.UTF8.GetString(text), offset) : (null, null);

    /// <summary>The same of a date as text; nothing when it is none.</summary>
    public static (DateTimeOffset? Start, DateTimeOffset? End) RangeOf(string text, TimeSpan offset) =>
        PathDate.TryParse(text) is { Kind: not ItemKind.Time } date
            ? (At(date.Local, date.Offset ?? offset), At(Next(date), date.Offset ?? offset))
            : (null, null);

    private static DateTime? Next(PathDate date)
    {
        var isLast = date.Precision switch
        {
            DatePrecision.Year => date.Local.Year == 9999,
            DatePrecision.Month => date.Local is { Year: 9999, Month: 12 },
            _ => date.Local.Date == DateTime.MaxValue.Date,
        };
        return isLast ? null : date.Precision switch
        {
            DatePrecision.Year => date.Local.AddYears(1),
            DatePrecision.Month => date.Local.AddMonths(1),
            DatePrecision.Day => date.Local.AddDays(1),
            DatePrecision.Hour => date.Local.AddHours(1),
            DatePrecision.Minute => date.Local.AddMinutes(1),
            _ => date.Local.Ticks % TimeSpan.TicksPerSecond == 0 ? date.Local.AddSeconds(1) : date.Local.AddMilliseconds(1),
        };
    }

    /// <summary>Open where .NET has no such instant, at the ends of its calendar.</summary>
    private static DateTimeOffset? At(DateTime? local, TimeSpan offset)
    {
        if (local is not { } value || value.Ticks - offset.Ticks is < 0 or > 3155378975999999999L)
        {
            return null;
        }

        return new DateTimeOffset(value, offset);
    }
}
