namespace Integration.Storage.Mongo.Bson;

/// <summary>Tells which JSON texts are written as BSON dates: whole dates and instants with an offset (ISO 8601, the forms of FHIR date, dateTime and instant).</summary>
internal static class JsonInstant
{
    private const int DateLength = 10;
    private const int SecondsLength = 19;
    private const int OffsetLength = 6;

    /// <summary>
    /// <c>2026-03-01</c> (midnight UTC) and <c>2026-03-01T08:00:00.125+08:00</c> or with <c>Z</c>. Not <c>2026-03</c> nor times without an offset: what
    /// they leave open would be made up.
    /// </summary>
    /// <param name="milliseconds">Since 1970, UTC, rounded down.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < DateLength || text[4] != '-' || text[7] != '-'
            || !Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        milliseconds = (new DateTime(year, month, day).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        return text.Length == DateLength || (TryTime(text[DateLength..], out var time) && Add(ref milliseconds, time));
    }

    /// <param name="text">From the T on.</param>
    private static bool TryTime(ReadOnlySpan<byte> text, out long milliseconds)
    {
        const int TimeLength = SecondsLength - DateLength;
        milliseconds = 0;
        if (text.Length <= TimeLength || text[0] != 'T' || text[3] != ':' || text[6] != ':'
            || !Number(text[1..3], out var hour) || !Number(text[4..6], out var minute) || !Number(text[7..9], out var second)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        milliseconds = (((hour * 60L) + minute) * 60 + second) * 1000;
        var rest = text[TimeLength..];
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits <= 0)
            {
                return false;
            }

            for (var (i, unit) = (0, 100); i < Math.Min(digits, 3); (i, unit) = (i + 1, unit / 10))
            {
                milliseconds += (rest[1 + i] - '0') * unit;
            }

            rest = rest[(1 + digits)..];
        }

        return TryOffset(rest, ref milliseconds);
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, ref long milliseconds)
    {
        if (text is [(byte)'Z'])
        {
            return true;
        }

        if (text.Length != OffsetLength || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !Number(text[1..3], out var hours) || !Number(text[4..6], out var minutes) || hours > 14 || minutes > 59)
        {
            return false;
        }

        var offset = ((hours * 60L) + minutes) * 60_000;
        milliseconds += text[0] == '+' ? -offset : offset;
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = (number * 10) + digit - '0';
        }

        return true;
    }

    private static bool Add(ref long milliseconds, long time)
    {
        milliseconds += time;
        return true;
    }
}
