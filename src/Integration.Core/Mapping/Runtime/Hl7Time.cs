using System.Globalization;

namespace Integration.Core.Mapping.Runtime;

/// <summary>
/// An HL7 date or time with exactly the precision that was sent. HL7 v2.5.1 §2.A.22 (DTM): <c>YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]</c>.
/// Also read, since hospital systems send them: <c>2026-03-01</c>, <c>2026/03/01 10:20</c>, <c>2026-03-01T10:20:30</c>.
/// </summary>
internal readonly struct Hl7Time
{
    private readonly DateTime _local;
    private readonly int _digits;
    private readonly string _fraction;
    private readonly TimeSpan? _offset;

    private Hl7Time(DateTime local, int digits, string fraction, TimeSpan? offset)
    {
        _local = local;
        _digits = digits;
        _fraction = fraction;
        _offset = offset;
    }

    /// <summary>At least the hour was sent.</summary>
    public bool HasTime => _digits > 8;

    /// <summary>Reads a time; false when the text is none or names a day or hour that does not exist.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hl7Time time)
    {
        time = default;
        text = text.Trim();
        var offset = TakeOffset(ref text);
        var fraction = "";
        if (text.IndexOf('.') is var dot and >= 0)
        {
            fraction = text[dot..].ToString();
            text = text[..dot];
            if (fraction.Length is < 2 or > 10 || fraction.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
        }

        Span<char> digits = stackalloc char[14];
        var count = TakeDigits(text, digits);
        if (count is not (4 or 6 or 8 or 10 or 12 or 14) || (fraction.Length > 0 && count != 14))
        {
            return false;
        }

        if (!TryMake(digits[..count], out var local))
        {
            return false;
        }

        time = new Hl7Time(local, count, fraction, offset);
        return true;
    }

    /// <summary>The time so much later, in HL7 form with the offset that was sent.</summary>
    public string PlusMinutes(double minutes)
    {
        var later = _local.AddMinutes(minutes);
        return _offset is { } offset
            ? string.Create(CultureInfo.InvariantCulture, $"{later:yyyyMMddHHmmss}{_fraction}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm}")
            : string.Create(CultureInfo.InvariantCulture, $"{later:yyyyMMddHHmmss}{_fraction}");
    }

    /// <summary>FHIR <c>date</c>: what was sent of year, month and day; a time of day is left out.</summary>
    public string ToFhirDate() => _digits switch
    {
        4 => _local.ToString("yyyy", CultureInfo.InvariantCulture),
        6 => _local.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        _ => DateOnly.FromDateTime(_local).ToString("O", CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// FHIR <c>dateTime</c>: a date stays a date. A time keeps its offset, or gets that of <paramref name="zone"/>; seconds that were
    /// not sent are written as 00, which FHIR R4 demands and allows (§2.24.0.1 dateTime).
    /// </summary>
    public string ToFhirDateTime(TimeZoneInfo zone)
    {
        if (!HasTime)
        {
            return ToFhirDate();
        }

        var offset = _offset ?? zone.GetUtcOffset(_local);
        var minutes = (int)Math.Abs(offset.TotalMinutes);
        return string.Create(
            CultureInfo.InvariantCulture, $"{_local:s}{_fraction}{(offset < TimeSpan.Zero ? '-' : '+')}{minutes / 60:00}:{minutes % 60:00}");
    }

    /// <summary>FHIR <c>instant</c>; null when no time of day was sent.</summary>
    public string? ToFhirInstant(TimeZoneInfo zone) => HasTime ? ToFhirDateTime(zone) : null;

    /// <summary>FHIR <c>time</c> from HL7 <c>HHMM[SS[.S…]]</c>; null when the text is none. HL7 v2.5.1 §2.A.75 (TM).</summary>
    public static string? ToFhirTime(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        TakeOffset(ref text);
        var dot = text.IndexOf('.');
        var fraction = dot < 0 ? "" : text[dot..].ToString();
        Span<char> digits = stackalloc char[14];
        "20000101".CopyTo(digits);
        var count = TakeDigits(dot < 0 ? text : text[..dot], digits[8..]);
        return count is 4 or 6 && fraction.Length != 1 && TryMake(digits[..(8 + count)], out var local)
            ? string.Create(CultureInfo.InvariantCulture, $"{local:HH:mm:ss}{fraction}")
            : null;
    }

    private static TimeSpan? TakeOffset(ref ReadOnlySpan<char> text)
    {
        if (text is [.., 'Z'])
        {
            text = text[..^1];
            return TimeSpan.Zero;
        }

        // +0800 or +08:00; a minus sign that close to the end of a date with hyphens has two digits behind it, not four.
        var length = text.Length > 6 && text[^3] == ':' && text[^6] is '+' or '-' ? 6 : text.Length > 5 && text[^5] is '+' or '-' ? 5 : 0;
        if (length == 0 || (length == 5 && text.Length < 9))
        {
            return null;
        }

        var sign = text[^length];
        if (!int.TryParse(text[^(length - 1)..^(length - 3)], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(text[^2..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) || hours > 14 || minutes > 59)
        {
            return null;
        }

        text = text[..^length];
        var offset = new TimeSpan(hours, minutes, 0);
        return sign == '-' ? -offset : offset;
    }

    /// <summary>Copies the digits; separators may stand only where ISO 8601 has them. 0 when the text is no time.</summary>
    private static int TakeDigits(ReadOnlySpan<char> text, Span<char> digits)
    {
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                if (count == digits.Length)
                {
                    return 0;
                }

                digits[count++] = c;
            }
            else if (!(c is '-' or '/' && count is 4 or 6) && !(c is ' ' or 'T' && count == 8) && !(c == ':' && count is 2 or 4 or 10 or 12))
            {
                return 0;
            }
        }

        return count;
    }

    /// <param name="digits">Of year, month and so on, from the left; what is not there is the first there is.</param>
    private static bool TryMake(ReadOnlySpan<char> digits, out DateTime local)
    {
        local = default;
        var (year, month, day) = ((Two(digits, 0, 0) * 100) + Two(digits, 2, 0), Two(digits, 4, 1), Two(digits, 6, 1));
        var (hour, minute, second) = (Two(digits, 8, 0), Two(digits, 10, 0), Two(digits, 12, 0));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        local = new DateTime(year, month, day, hour, minute, second);
        return true;
    }

    private static int Two(ReadOnlySpan<char> digits, int start, int otherwise) =>
        start >= digits.Length ? otherwise : ((digits[start] - '0') * 10) + digits[start + 1] - '0';
}
