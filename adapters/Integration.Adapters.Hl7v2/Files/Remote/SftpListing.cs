using System.Globalization;
using Integration.Adapters.Shared.Files;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Reads what <c>ls -ln</c> of the sftp program prints, e.g. <c>-rw-r--r--    1 1000     1000         1234 Nov 22 00:10 a.hl7</c>.</summary>
internal static class SftpListing
{
    private const int FieldsBeforeName = 8;

    /// <param name="now">To find the year, which recent times leave out.</param>
    public static IReadOnlyList<SourceFile> Read(string output, DateTimeOffset now) =>
        [.. output.Split('\n').Select(line => ReadLine(line.TrimEnd('\r'), now)).OfType<SourceFile>()];

    /// <summary>Null for what is no regular file: folders, links, the echo of commands.</summary>
    private static SourceFile? ReadLine(string line, DateTimeOffset now)
    {
        if (!line.StartsWith('-'))
        {
            return null;
        }

        var fields = new string[FieldsBeforeName];
        var rest = line.AsSpan();
        for (var i = 0; i < FieldsBeforeName; i++)
        {
            rest = rest.TrimStart(' ');
            var end = rest.IndexOf(' ');
            if (end < 0)
            {
                return null;
            }

            fields[i] = rest[..end].ToString();
            rest = rest[end..];
        }

        // One space parts the time from the name, which may begin with more of them.
        var name = rest[1..].ToString();
        return long.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && name.Length > 0
            ? new SourceFile(name, bytes, TimeOf(fields[5], fields[6], fields[7], now))
            : null;
    }

    private static DateTimeOffset TimeOf(string month, string day, string yearOrTime, DateTimeOffset now)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (!yearOrTime.Contains(':'))
        {
            return DateTimeOffset.TryParseExact($"{month} {day} {yearOrTime}", "MMM d yyyy", CultureInfo.InvariantCulture, Utc, out var old) ? old : default;
        }

        // A day after tomorrow was last year's. February 29 exists in one of the years tried only.
        foreach (var year in (int[])[now.Year + 1, now.Year, now.Year - 1])
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{month} {day} {year} {yearOrTime}");
            if (DateTimeOffset.TryParseExact(text, "MMM d yyyy HH:mm", CultureInfo.InvariantCulture, Utc, out var time) && time <= now.AddDays(1))
            {
                return time;
            }
        }

        return default;
    }
}
