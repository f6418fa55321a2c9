using System.Data.SqlTypes;
using System.Globalization;

namespace Integration.Adapters.Sql.Source;

/// <summary>Values that stand in a watermark, written so that they come back as what they were: a database compares an instant with an instant, a number with a number.</summary>
internal static class SqlMark
{
    /// <summary>One letter for the type and the value, e.g. <c>i:42</c>.</summary>
    /// <exception cref="SqlSourceException">A watermark cannot be of this type.</exception>
    public static string Write(object value) => value switch
    {
        long or int or short or byte => $"i:{Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}",
        decimal number => $"d:{number.ToString(CultureInfo.InvariantCulture)}",
        string text => $"s:{text}",
        DateTime time => $"t:{time.ToString("O", CultureInfo.InvariantCulture)}",
        SqlDateTime time => string.Create(CultureInfo.InvariantCulture, $"q:{time.DayTicks} {time.TimeTicks}"),
        DateTimeOffset time => $"o:{time.ToString("O", CultureInfo.InvariantCulture)}",
        DateOnly day => $"y:{day.ToString("O", CultureInfo.InvariantCulture)}",
        Guid id => $"g:{id}",
        byte[] bytes => $"b:{Convert.ToHexString(bytes)}",
        _ => throw new SqlSourceException($"A column of the type {value.GetType().Name} cannot be a watermark or key. Use a number, a text or a time.", isPermanent: true),
    };

    /// <summary>What <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static object Read(string text)
    {
        var value = text.AsSpan(Math.Min(2, text.Length));
        return text.Length < 2 || text[1] != ':' ? throw new FormatException("This is no value of a watermark.") : (object)(text[0] switch
        {
            'i' => long.Parse(value, CultureInfo.InvariantCulture),
            'd' => decimal.Parse(value, CultureInfo.InvariantCulture),
            's' => value.ToString(),
            't' => DateTime.ParseExact(value, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            'q' when value.ToString().Split(' ') is [var days, var ticks] => new SqlDateTime(int.Parse(days, CultureInfo.InvariantCulture), int.Parse(ticks, CultureInfo.InvariantCulture)),
            'o' => DateTimeOffset.ParseExact(value, "O", CultureInfo.InvariantCulture),
            'y' => DateOnly.ParseExact(value, "O", CultureInfo.InvariantCulture),
            'g' => Guid.Parse(value),
            'b' => Convert.FromHexString(value),
            _ => throw new FormatException("This is no value of a watermark."),
        });
    }

    /// <summary>What a person wrote, as a value that compares with watermarks of the type of <paramref name="like"/>; null when it is none.</summary>
    /// <param name="like">A watermark of the same column; null: none is known, and the text itself must tell (a number, a time, else a text).</param>
    public static object? OfText(string text, object? like)
    {
        var isTime = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time);
        return like switch
        {
            long => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            decimal => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            string => text,
            DateTime known => isTime ? DateTime.SpecifyKind(time, known.Kind) : null,
            SqlDateTime => isTime && time >= SqlDateTime.MinValue.Value ? new SqlDateTime(time) : null,
            DateTimeOffset => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null,
            DateOnly => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null,
            Guid => Guid.TryParse(text, out var id) ? id : null,
            byte[] => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null,
            null when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            null => isTime ? time : text,
            _ => null,
        };
    }

    /// <summary>How far one watermark is on the way from another to a third, 0 to 1; null where they have no distances.</summary>
    public static double? Between(object first, object at, object top)
    {
        if (Distance(first, at) is not { } behind || Distance(first, top) is not { } whole)
        {
            return null;
        }

        return whole <= 0 ? 1 : Math.Clamp(behind / whole, 0, 1);
    }

    private static double? Distance(object from, object to) => (from, to) switch
    {
        (long one, long other) => (double)other - one,
        (decimal one, decimal other) => (double)(other - one),
        (DateTime one, DateTime other) => (other - one).TotalSeconds,
        (SqlDateTime one, SqlDateTime other) => (other.Value - one.Value).TotalSeconds,
        (DateTimeOffset one, DateTimeOffset other) => (other - one).TotalSeconds,
        (DateOnly one, DateOnly other) => other.DayNumber - one.DayNumber,
        _ => null,
    };
}
