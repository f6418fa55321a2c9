namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Reads the HL7 time stamp <c>YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ]</c>. HL7 v2.5.1 §2.A.22 (DTM).</summary>
internal static class Hl7DateTime
{
    /// <param name="zone">Of stamps that carry no offset.</param>
    /// <returns>The instant, parts that were not sent taken as their first; null when it is no such stamp.</returns>
    public static DateTimeOffset? Parse(string? text, TimeZoneInfo zone)
    {
        var rest = text.AsSpan().Trim();
        TimeSpan? offset = null;
        if (rest.IndexOfAny('+', '-') is > 0 and var sign)
        {
            if (!TryReadOffset(rest[sign..], out var sent))
            {
                return null;
            }

            offset = sent;
            rest = rest[..sign];
        }

        if (!TryReadLocal(rest, out var local))
        {
            return null;
        }

        return new DateTimeOffset(local, offset ?? zone.GetUtcOffset(local));
    }

    private static bool TryReadLocal(ReadOnlySpan<char> text, out DateTime local)
    {
        local = default;
        long ticks = 0;
        if (text.IndexOf('.') is >= 0 and var point)
        {
            // A fraction follows whole seconds only.
            if (point != 14 || !TryReadFraction(text[(point + 1)..], out ticks))
            {
                return false;
            }

            text = text[..point];
        }

        if (text.Length is < 4 or > 14 || text.Length % 2 != 0 || text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var year = int.Parse(text[..4]);
        var month = Part(text, 4, 1);
        var day = Part(text, 6, 1);
        var (hour, minute, second) = (Part(text, 8, 0), Part(text, 10, 0), Part(text, 12, 0));

        // Years outside this range are placeholders, and would leave the range of an instant once an offset is taken off.
        if (year is < 1000 or > 9998 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).AddTicks(ticks);
        return true;
    }

    private static int Part(ReadOnlySpan<char> text, int at, int absent) => text.Length >= at + 2 ? int.Parse(text.Slice(at, 2)) : absent;

    private static bool TryReadFraction(ReadOnlySpan<char> digits, out long ticks)
    {
        ticks = 0;
        if (digits.Length is 0 or > 7 || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        ticks = long.Parse(digits);
        for (var i = digits.Length; i < 7; i++)
        {
            ticks *= 10;
        }

        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        var digits = text[1..];
        if (digits.Length != 4 || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var minutes = (int.Parse(digits[..2]) * 60) + int.Parse(digits[2..]);
        offset = TimeSpan.FromMinutes(text[0] == '-' ? -minutes : minutes);
        return minutes <= 14 * 60;
    }
}
