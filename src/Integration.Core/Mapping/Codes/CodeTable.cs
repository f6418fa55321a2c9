using System.Globalization;
using Integration.Core.Mapping.Language;
using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Codes;

/// <summary>An entry whose target became another.</summary>
public sealed record ChangedCode(string Source, CodeTarget Before, CodeTarget After);

/// <summary>How one table differs from another.</summary>
/// <param name="Unchanged">How many entries both have alike.</param>
public sealed record CodeTableDiff(IReadOnlyList<CodeMapEntry> Added, IReadOnlyList<ChangedCode> Changed, IReadOnlyList<CodeMapEntry> Removed, int Unchanged)
{
    public bool IsEmpty => Added.Count + Changed.Count + Removed.Count == 0;
}

/// <summary>The codes of one code map file as a table of <c>source,code,system,display,validFrom,validTo</c>; for spreadsheets.</summary>
/// <param name="Entries">In order of the file; a source code stands there several times when it means different things on different days.</param>
public sealed record CodeTable(IReadOnlyList<CodeMapEntry> Entries)
{
    /// <summary>Most lines of one table.</summary>
    public const int MaxLines = 100_000;

    private const int MaxText = 200;

    private static readonly string[] Columns = ["source", "code", "system", "display", "validFrom", "validTo"];
    private static readonly string[] DayForms = ["yyyy-MM-dd", "yyyy/M/d", "yyyy-M-d", "yyyyMMdd"];   // spreadsheets write them their own way

    /// <summary>
    /// Reads a table: a heading that names the columns (<c>source</c> and <c>code</c> at least, in any order), then a line for each code. Commas, semicolons
    /// or tabs, whichever the heading has; UTF-8, or GB18030 where it is not UTF-8. An empty system is that of the code map, an empty day none.
    /// </summary>
    /// <param name="problem">Where and why it cannot be read, as <c>line 3: …</c>; null when it can.</param>
    /// <returns>Null when there is a problem.</returns>
    public static CodeTable? Read(ReadOnlySpan<byte> bytes, out string? problem)
    {
        var text = DelimitedText.Decode(bytes);
        var separator = text.AsSpan().IndexOfAny(DelimitedText.Separators + "\r\n") is >= 0 and var at && text[at] is not ('\r' or '\n') ? text[at] : ',';
        List<string>? heading = null;
        var entries = new List<CodeMapEntry>();
        var lines = new Dictionary<string, List<(int Line, CodeTarget Target)>>(StringComparer.Ordinal);
        foreach (var (line, values) in DelimitedText.Rows(text, separator.ToString()))
        {
            if (heading is null)
            {
                heading = [.. values.Select(value => Array.Find(Columns, column => column.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? value)];
                problem = HeadingProblem(heading);
            }
            else
            {
                problem = line > MaxLines ? $"A table may have at most {MaxLines} lines." : ReadRow(heading, values, lines, line, entries);
            }

            if (problem is not null)
            {
                problem = $"line {line}: {problem}";
                return null;
            }
        }

        problem = heading is null ? "line 1: The table is empty; it begins with source,code,system,display,validFrom,validTo." : null;
        return heading is null ? null : new CodeTable(entries);
    }

    /// <summary>The table as text that <see cref="Read"/> takes.</summary>
    public string ToCsv() => string.Concat(Entries
        .Select(entry => (string[])[entry.Source, entry.Target.Code, entry.Target.System ?? "", entry.Target.Display ?? "", Day(entry.Target.ValidFrom), Day(entry.Target.ValidTo)])
        .Prepend(Columns).Select(row => DelimitedText.Write(row) + "\r\n"));

    /// <summary>What changes when this table takes the place of the other. Entries of one code are told apart by the day on which they begin.</summary>
    public CodeTableDiff From(CodeTable before)
    {
        var old = before.Entries.ToDictionary(KeyOf, entry => entry.Target);
        var now = Entries.Select(KeyOf).ToHashSet();
        ChangedCode[] changed =
            [.. Entries.Where(entry => old.TryGetValue(KeyOf(entry), out var target) && target != entry.Target).Select(entry => new ChangedCode(entry.Source, old[KeyOf(entry)], entry.Target))];
        CodeMapEntry[] added = [.. Entries.Where(entry => !old.ContainsKey(KeyOf(entry)))];
        return new CodeTableDiff(added, changed, [.. before.Entries.Where(entry => !now.Contains(KeyOf(entry)))], Entries.Count - added.Length - changed.Length);

        static (string, DateOnly?) KeyOf(CodeMapEntry entry) => (entry.Source, entry.Target.ValidFrom);
    }

    /// <summary>The table of a code map file; empty for a text that has no codes or is no code map.</summary>
    /// <param name="text">Null: there is no file.</param>
    internal static CodeTable OfFile(string? text)
    {
        var codes = text is null ? null : new MappingFileReader("", new ProblemList()).ReadCodeMap(text, null)?.Codes;

        // A file whose entries overlap is no valid mapping, yet its table can be looked at and mended.
        return new CodeTable([.. codes?.SelectMany(code => code.Value.Select(entry => new CodeMapEntry(code.Key, entry.Target))).DistinctBy(entry => (entry.Source, entry.Target.ValidFrom)) ?? []]);
    }

    private static string? HeadingProblem(List<string> heading) =>
        heading.Except(Columns).ToList() is { Count: > 0 } unknown ? $"There is no column '{unknown[0]}'. The heading is {string.Join(',', Columns)}."
        : heading.Distinct().Count() < heading.Count ? "A column is named twice."
        : !heading.Contains("source") || !heading.Contains("code") ? "The heading must name the columns source and code."
        : null;

    private static string? ReadRow(List<string> heading, List<string> values, Dictionary<string, List<(int Line, CodeTarget Target)>> lines, int line, List<CodeMapEntry> entries)
    {
        if (values.Skip(heading.Count).Any(value => value.Length > 0))
        {
            return $"It has {values.Count} values and the heading has {heading.Count} columns: quote values that hold a separator.";
        }

        if (values.Any(value => value.Length > MaxText || value.Any(char.IsControl)))
        {
            return $"Values have at most {MaxText} characters and no line breaks.";
        }

        var (source, code) = (Value("source"), Value("code"));
        if (source is null || code is null)
        {
            return "Both source and code must be there.";
        }

        if (!TryReadDay(Value("validFrom"), out var from) || !TryReadDay(Value("validTo"), out var to))
        {
            return "Days are written as 2026-01-31.";
        }

        if (to < from)
        {
            return "It ends (validTo) before it begins (validFrom).";
        }

        var target = new CodeTarget(code, Value("system"), Value("display"), from, to);
        var known = lines.TryGetValue(source, out var earlier) ? earlier : lines[source] = [];
        if (known.Find(other => other.Target.Overlaps(target)) is { Line: > 0 } other)
        {
            return $"'{source}' stands in line {other.Line} already{(target.IsDated || other.Target.IsDated ? " for some of these days" : "")}.";
        }

        known.Add((line, target));
        entries.Add(new CodeMapEntry(source, target));
        return null;

        string? Value(string column) => heading.IndexOf(column) is >= 0 and var at && at < values.Count && values[at].Length > 0 ? values[at] : null;
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static bool TryReadDay(string? text, out DateOnly? day)
    {
        var isDay = DateOnly.TryParseExact(text, DayForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read);
        day = isDay ? read : null;
        return isDay || text is null;
    }
}
