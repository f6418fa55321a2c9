using System.Globalization;
using Integration.Adapters.Shared.Files;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Reads listings of FTP servers. RFC 3659 §7.</summary>
internal static class FtpListing
{
    /// <summary>Lines like <c>type=file;size=1234;modify=20261122001000; a.hl7</c>.</summary>
    /// <returns>The files; folders and what is no such line are left out.</returns>
    public static IReadOnlyList<SourceFile> ReadMachine(string listing) =>
        [.. listing.Split('\n').Select(line => ReadLine(line.TrimEnd('\r'))).OfType<SourceFile>()];

    /// <summary>A time like <c>20261122001000.123</c>, UTC; the beginning of time when it is none.</summary>
    public static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.TryParseExact(text.Split('.')[0], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : default;

    private static SourceFile? ReadLine(string line)
    {
        var space = line.IndexOf(' ');
        if (space < 0 || space == line.Length - 1)
        {
            return null;
        }

        var facts = line[..space].Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(fact => fact.Split('=', 2)).Where(fact => fact.Length == 2)
            .ToLookup(fact => fact[0], fact => fact[1], StringComparer.OrdinalIgnoreCase);
        var isFile = facts["type"].Any(type => type.Equals("file", StringComparison.OrdinalIgnoreCase));
        return isFile && long.TryParse(facts["size"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new SourceFile(line[(space + 1)..], bytes, ReadTime(facts["modify"].FirstOrDefault() ?? ""))
            : null;
    }
}
