using System.Globalization;
using Integration.Core.Mapping.Language;

namespace Integration.Core.FollowUps.Calendars;

/// <summary>Reads a table of statutory days: CSV with the header <c>date,day,name</c>, a line a day, <c>off</c> or <c>working</c>.</summary>
internal static class StatutoryDayFile
{
    private const string Header = "date,day,name";

    /// <param name="file">As shown to people.</param>
    /// <returns>The days that could be read; what could not be is reported.</returns>
    public static IReadOnlyList<(StatutoryDay Day, SourcePosition Position)> Read(string file, string text, ProblemList problems)
    {
        var days = new List<(StatutoryDay, SourcePosition)>();
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        if (lines[0].Trim() != Header)
        {
            problems.Add(new SourcePosition(file, 1, 1), "The first line does not name the columns.", $"It must be {Header}.");
            return [];
        }

        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Trim() is { Length: > 0 } line && line[0] != '#' && ReadLine(line, new SourcePosition(file, i + 1, 1), problems) is { } day)
            {
                days.Add((day, new SourcePosition(file, i + 1, 1)));
            }
        }

        return days;
    }

    private static StatutoryDay? ReadLine(string line, SourcePosition position, ProblemList problems)
    {
        var cells = line.Split(',');
        if (cells.Length is < 2 or > 3)
        {
            problems.Add(position, "A line has two or three cells.", "Write it as 2026-10-01,off,国庆节.");
            return null;
        }

        if (!DateOnly.TryParseExact(cells[0].Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            problems.Add(position, $"'{cells[0].Trim()}' is not a day.", "Write it as 2026-01-31.");
            return null;
        }

        var kind = cells[1].Trim();
        if (kind is not ("off" or "working"))
        {
            problems.Add(position.Plus(cells[0].Length + 1), $"'{kind}' must be off or working.");
            return null;
        }

        return new StatutoryDay(date, kind == "off", cells.Length > 2 ? cells[2].Trim() : "");
    }
}
