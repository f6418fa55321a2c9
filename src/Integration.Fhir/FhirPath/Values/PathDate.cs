using System.Globalization;
using System.Text;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Values;

internal enum DatePrecision
{
    Year,
    Month,
    Day,
    Hour,
    Minute,

    /// <summary>Seconds and their fraction are one precision (FHIRPath 2.0.0 §6.1.1).</summary>
    Second,
}

/// <summary>A Date, DateTime or Time of some precision.</summary>
/// <param name="Kind">Date, DateTime or Time.</param>
/// <param name="Local">As written, what was not written at its lowest; a Time on day one of year one.</param>
/// <param name="Offset">Null when none was written.</param>
internal sealed record PathDate(ItemKind Kind, DateTime Local, DatePrecision Precision, TimeSpan? Offset = null)
{
    private static readonly string[] TimeForms = ["HH", "HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"];

    /// <summary>Reads <c>2015</c>, <c>2015-02</c>, <c>2015-02-04</c>, <c>2015-02-04T</c>, <c>2015-02-04T14:34:28.123+09:00</c>, <c>T14:34</c>.</summary>
    /// <returns>Null when the text is none of them or the calendar has no such day.</returns>
    public static PathDate? TryParse(string text)
    {
        if (text.StartsWith('T'))
        {
            return TryParseTime(text.AsSpan(1), ItemKind.Time, default, null);
        }

        var timeAt = text.IndexOf('T', StringComparison.Ordinal);
        var day = timeAt < 0 ? text : text[..timeAt];
        if (!DateText.IsDate(Encoding.UTF8.GetBytes(day)))
        {
            return null;
        }

        var date = new DateTime(Part(day, 0, 4), day.Length > 4 ? Part(day, 5, 2) : 1, day.Length > 7 ? Part(day, 8, 2) : 1, 0, 0, 0, DateTimeKind.Unspecified);
        var precision = day.Length switch
        {
            4 => DatePrecision.Year,
            7 => DatePrecision.Month,
            _ => DatePrecision.Day,
        };
        if (timeAt < 0)
        {
            return new PathDate(ItemKind.Date, date, precision);
        }

        var rest = text.AsSpan(timeAt + 1);
        if (rest.IsEmpty)
        {
            return new PathDate(ItemKind.DateTime, date, precision);
        }

        return precision == DatePrecision.Day && TryCutOffset(ref rest, out var offset) ? TryParseTime(rest, ItemKind.DateTime, date, offset) : null;
    }

    /// <summary>Less than, equal, more than 0 as the left is earlier, the same, later; null when the precision leaves it open. Same kinds, or Date and DateTime.</summary>
    public static int? Compare(PathDate left, PathDate right)
    {
        var (a, b) = (left.Normalised, right.Normalised);
        var common = left.Precision < right.Precision ? left.Precision : right.Precision;
        var result = Truncated(a, common).CompareTo(Truncated(b, common));
        return result == 0 && left.Precision != right.Precision ? null : result;
    }

    /// <summary>Adds calendar or definite time. FHIRPath 2.0.0 §6.6.7: what the precision does not reach is cut off.</summary>
    /// <returns>Null when the unit is no time, or the result is outside the years 1 to 9999.</returns>
    public PathDate? Add(PathQuantity amount, int sign)
    {
        try
        {
            if (amount.Months is { } months)
            {
                return Kind == ItemKind.Time ? null : this with { Local = Local.AddMonths(sign * (int)decimal.Truncate(months)) };
            }

            return amount.Milliseconds is { } time ? AddTime(sign * time) : null;
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    public override string ToString()
    {
        var day = Precision switch
        {
            DatePrecision.Year => "yyyy",
            DatePrecision.Month => "yyyy-MM",
            _ => "yyyy-MM-dd",
        };
        var time = Precision switch
        {
            DatePrecision.Hour => TimeForms[0],
            DatePrecision.Minute => TimeForms[1],
            DatePrecision.Second => Local.Ticks % TimeSpan.TicksPerSecond == 0 ? TimeForms[2] : "HH:mm:ss.fffffff",
            _ => "",
        };
        var text = Kind switch
        {
            ItemKind.Time => Local.ToString(time, CultureInfo.InvariantCulture),
            _ when time.Length > 0 => Local.ToString($"{day}'T'{time}", CultureInfo.InvariantCulture),
            _ => Local.ToString(day, CultureInfo.InvariantCulture),
        };
        if (time.EndsWith('f'))
        {
            text = ShortenedFraction(text);
        }

        return Offset is { } offset ? text + (offset == default ? "Z" : (offset < default(TimeSpan) ? '-' : '+') + offset.ToString("hh\\:mm", CultureInfo.InvariantCulture)) : text;
    }

    /// <summary>In UTC when an offset was written; without one a time counts as UTC.</summary>
    private DateTime Normalised
    {
        get
        {
            if (Offset is not { } offset || Precision < DatePrecision.Hour)
            {
                return Local;
            }

            var ticks = Local.Ticks - offset.Ticks;
            return new DateTime(Math.Clamp(ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Unspecified);
        }
    }

    private static int Part(string text, int start, int length) => int.Parse(text.AsSpan(start, length), NumberStyles.None, CultureInfo.InvariantCulture);

    private static DateTime Truncated(DateTime value, DatePrecision precision) => precision switch
    {
        DatePrecision.Year => new DateTime(value.Year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified),
        DatePrecision.Month => new DateTime(value.Year, value.Month, 1, 0, 0, 0, DateTimeKind.Unspecified),
        DatePrecision.Day => value.Date,
        DatePrecision.Hour => value.Date.AddHours(value.Hour),
        DatePrecision.Minute => value.Date.AddMinutes((value.Hour * 60) + value.Minute),
        _ => value,
    };

    /// <summary>Milliseconds at least, as they are mostly written with three digits.</summary>
    private static string ShortenedFraction(string text)
    {
        var end = text.Length;
        while (text[end - 1] == '0' && text.Length - end < 4)
        {
            end--;
        }

        return text[..end];
    }

    private static bool TryCutOffset(ref ReadOnlySpan<char> text, out TimeSpan? offset)
    {
        offset = null;
        if (text[^1] == 'Z')
        {
            offset = TimeSpan.Zero;
            text = text[..^1];
            return true;
        }

        var at = text.IndexOfAny('+', '-');
        if (at < 0)
        {
            return true;
        }

        if (!TimeSpan.TryParseExact(text[(at + 1)..], "hh\\:mm", CultureInfo.InvariantCulture, out var size) || size > TimeSpan.FromHours(14))
        {
            return false;
        }

        offset = text[at] == '-' ? -size : size;
        text = text[..at];
        return true;
    }

    private static PathDate? TryParseTime(ReadOnlySpan<char> text, ItemKind kind, DateTime date, TimeSpan? offset)
    {
        // A leap second counts as the second before it, which .NET can hold.
        if (text.Length >= 8 && text[6..8].SequenceEqual("60"))
        {
            text = $"{text[..6]}59{text[8..]}";
        }

        // Beyond seven digits of a fraction .NET holds nothing.
        if (text.Length > 16 && text[8] == '.' && text[9..].IndexOfAnyExceptInRange('0', '9') < 0)
        {
            text = text[..16];
        }

        if (!DateTime.TryParseExact(text, TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out var time))
        {
            return null;
        }

        var precision = text.Length switch
        {
            2 => DatePrecision.Hour,
            5 => DatePrecision.Minute,
            _ => DatePrecision.Second,
        };
        return new PathDate(kind, date + time.TimeOfDay, precision, offset);
    }

    private PathDate? AddTime(decimal milliseconds)
    {
        if (Kind == ItemKind.Time)
        {
            // A time of day goes round the clock.
            var ticks = (Local.Ticks + (long)(milliseconds * TimeSpan.TicksPerMillisecond)) % TimeSpan.TicksPerDay;
            return this with { Local = new DateTime((ticks + TimeSpan.TicksPerDay) % TimeSpan.TicksPerDay, DateTimeKind.Unspecified) };
        }

        const decimal Day = 86_400_000m;
        return Precision switch
        {
            DatePrecision.Year => this with { Local = Local.AddYears((int)decimal.Truncate(milliseconds / (365 * Day))) },
            DatePrecision.Month => this with { Local = Local.AddMonths((int)decimal.Truncate(milliseconds / (30 * Day))) },
            DatePrecision.Day => this with { Local = Local.AddDays((double)decimal.Truncate(milliseconds / Day)) },
            _ => this with { Local = Local.AddTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond)) },
        };
    }
}
