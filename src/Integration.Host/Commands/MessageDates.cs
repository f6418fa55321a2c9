using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Integration.Host.Commands;

/// <summary>
/// Moves the dates of scripted HL7 v2 messages, so that a day that was written long ago can happen now: a reminder of an appointment of last year would be due to nobody.
/// Bytes are never decoded: in GB18030 a digit inside of a character stands alone between bytes that are none.
/// </summary>
internal static class MessageDates
{
    // Around the day of the script; birthdays, terms of insurance and what is years ago stay as they are.
    private const int DaysBefore = 60;
    private const int DaysAfter = 120;

    private const int DateLength = 8;

    /// <summary>DT and DTM of HL7 v2.5.1 §2.A.21 and §2.A.22: to the day, minute or second, before any fraction and zone.</summary>
    private static ReadOnlySpan<int> Lengths => [DateLength, 12, 14];

    /// <returns>A copy with the dates near <paramref name="day"/> moved by <paramref name="days"/>; all else is as it was, so the length too.</returns>
    public static byte[] Move(ReadOnlySpan<byte> message, DateOnly day, int days)
    {
        var moved = message.ToArray();
        for (var at = 0; at < moved.Length;)
        {
            var digits = moved.AsSpan(at).IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : moved.Length - at;
            if (Lengths.Contains(digits) && DateAt(moved.AsSpan(at, DateLength)) is { } date && date >= day.AddDays(-DaysBefore) && date <= day.AddDays(DaysAfter))
            {
                Encoding.ASCII.GetBytes(date.AddDays(days).ToString("yyyyMMdd", CultureInfo.InvariantCulture), moved.AsSpan(at, DateLength));
            }

            at += digits + 1;
        }

        return moved;
    }

    private static DateOnly? DateAt(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits, out int number, out _)
        && number / 10000 is >= 1 and <= 9999 and var year && number / 100 % 100 is >= 1 and <= 12 and var month
        && number % 100 is >= 1 and var dayOfMonth && dayOfMonth <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, dayOfMonth)
            : null;
}
