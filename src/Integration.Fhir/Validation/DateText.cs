using System.Globalization;
using System.Text;

namespace Integration.Fhir.Validation;

/// <summary>date, dateTime, instant and time as FHIR R4 4.0.1 writes them. All text is ASCII; years from 0001.</summary>
internal static class DateText
{
    public static bool IsDate(ReadOnlySpan<byte> text)
    {
        if (text.Length is not (4 or 7 or 10) || !TryDigits(text[..4], out var year) || year == 0)
        {
            return false;
        }

        if (text.Length == 4)
        {
            return true;
        }

        if (text[4] != '-' || !TryDigits(text.Slice(5, 2), out var month) || month is < 1 or > 12)
        {
            return false;
        }

        return text.Length == 7
            || (text[7] == '-' && TryDigits(text.Slice(8, 2), out var day) && day >= 1 && day <= DateTime.DaysInMonth(year, month));
    }

    public static bool IsDateTime(ReadOnlySpan<byte> text) => text.Length <= 10 ? IsDate(text) : IsInstant(text);

    public static bool IsInstant(ReadOnlySpan<byte> text)
    {
        if (text.Length < 11 || text[10] != 'T' || !IsDate(text[..10]))
        {
            return false;
        }

        var rest = text[11..];
        var zone = rest.IndexOfAny((byte)'Z', (byte)'+', (byte)'-');
        return zone >= 0 && IsTime(rest[..zone]) && IsZone(rest[zone..]);
    }

    /// <summary>hh:mm:ss with any number of fraction digits; second 60 is a leap second; 24:00 is not allowed.</summary>
    public static bool IsTime(ReadOnlySpan<byte> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':'
            || !TryDigits(text[..2], out var hour) || hour > 23
            || !TryDigits(text.Slice(3, 2), out var minute) || minute > 59
            || !TryDigits(text.Slice(6, 2), out var second) || second > 60)
        {
            return false;
        }

        return text.Length == 8 || (text[8] == '.' && text.Length > 9 && text[9..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);
    }

    /// <summary>
    /// Whether one dateTime certainly lies after another. Where one has less precision, or only one of them a time, the parts that both
    /// have decide; equal parts decide nothing (FHIRPath 2.0.0 §6.2, comparison of different precision is empty).
    /// </summary>
    /// <returns>False also when either is no dateTime.</returns>
    public static bool IsAfter(string left, string right)
    {
        if (!IsDateTime(Encoding.UTF8.GetBytes(left)) || !IsDateTime(Encoding.UTF8.GetBytes(right)))
        {
            return false;
        }

        if (left.Length > 10 && right.Length > 10 && TryInstant(left, out var leftInstant) && TryInstant(right, out var rightInstant))
        {
            return leftInstant > rightInstant;
        }

        var common = Math.Min(10, Math.Min(left.Length, right.Length));
        return string.CompareOrdinal(left, 0, right, 0, common) > 0;
    }

    /// <summary>False for a leap second, or an instant before year 1 or after 9999 in UTC, which .NET cannot hold.</summary>
    private static bool TryInstant(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out instant);

    private static bool IsZone(ReadOnlySpan<byte> text)
    {
        if (text.Length == 1)
        {
            return text[0] == 'Z';
        }

        return text.Length == 6 && text[0] != 'Z' && text[3] == ':'
            && TryDigits(text.Slice(1, 2), out var hour) && TryDigits(text.Slice(4, 2), out var minute)
            && (hour <= 13 ? minute <= 59 : hour == 14 && minute == 0);
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + digit - '0';
        }

        return true;
    }
}
