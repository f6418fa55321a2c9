namespace Integration.Fhir.FhirPath.Values;

/// <summary>A number with a unit. FHIRPath 2.0.0 §2.1.10 (time-valued quantities have calendar words or UCUM codes).</summary>
/// <param name="Unit">UCUM code, calendar word in the singular, or a unit's name; <c>1</c> for none.</param>
/// <param name="IsCalendar">The unit is one of the words year … millisecond.</param>
internal sealed record PathQuantity(decimal Value, string Unit, bool IsCalendar = false)
{
    private static readonly Dictionary<string, (string Unit, decimal Milliseconds, int Months)> Calendar = new(StringComparer.Ordinal)
    {
        ["year"] = ("year", 0, 12),
        ["month"] = ("month", 0, 1),
        ["week"] = ("week", 7 * 86_400_000m, 0),
        ["day"] = ("day", 86_400_000m, 0),
        ["hour"] = ("hour", 3_600_000m, 0),
        ["minute"] = ("minute", 60_000m, 0),
        ["second"] = ("second", 1_000m, 0),
        ["millisecond"] = ("millisecond", 1m, 0),
    };

    /// <summary>Months of the quantity when it counts in them, else null.</summary>
    public decimal? Months => IsCalendar && Calendar[Unit].Months is > 0 and var months ? Value * months : null;

    /// <summary>Milliseconds when it has a length that no calendar changes: <c>week</c> and below, and UCUM's <c>s</c> and <c>ms</c>.</summary>
    public decimal? Milliseconds => (IsCalendar, Unit) switch
    {
        (true, _) => Calendar[Unit].Milliseconds is > 0 and var each ? Value * each : null,
        (_, "s") => Value * 1000,
        (_, "ms") => Value,
        _ => null,
    };

    /// <summary>The singular of a calendar word, e.g. <c>day</c> for <c>days</c>; null for any other text.</summary>
    public static string? CalendarUnit(string word)
    {
        if (Calendar.ContainsKey(word))
        {
            return word;
        }

        return word.EndsWith('s') && Calendar.ContainsKey(word[..^1]) ? word[..^1] : null;
    }

    /// <summary>Less than, equal, more than 0 as the left is smaller, equal, larger; null when the units tell nothing.</summary>
    public static int? Compare(PathQuantity left, PathQuantity right)
    {
        if (left.Unit == right.Unit)
        {
            return left.Value.CompareTo(right.Value);
        }

        if (left.Months is { } leftMonths && right.Months is { } rightMonths)
        {
            return leftMonths.CompareTo(rightMonths);
        }

        return left.Milliseconds is { } leftTime && right.Milliseconds is { } rightTime ? leftTime.CompareTo(rightTime) : null;
    }

    /// <summary>As FHIRPath writes it: <c>4 days</c> as <c>4 day</c>, <c>1.5 'mg'</c>.</summary>
    public override string ToString()
    {
        var number = Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return IsCalendar ? $"{number} {Unit}" : $"{number} '{Unit}'";
    }
}
