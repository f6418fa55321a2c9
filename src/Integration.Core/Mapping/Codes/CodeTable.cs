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

/// <summary>The codes of one code map file as a table of <c>source,code,system,display</c>; for spreadsheets.</summary>
/// <param name="Entries">In order of the file; each source code once.</param>
public sealed record CodeTable(IReadOnlyList<CodeMapEntry> Entries)
{
    /// <summary>Most lines of one table.</summary>
    public const int MaxLines = 100_000;

    private const int MaxText = 200;

    private static readonly string[] Columns = ["source", "code", "system", "display"];

    /// <summary>
    /// Reads a table: a heading that names the columns (<c>source</c> and <c>code</c> at least, in any order), then a line for each code. Commas, semicolons
    /// or tabs, whichever the heading has; UTF-8, or GB18030 where it is not UTF-8. An empty system is that of the code map.
    /// </summary>
    /// <param name="problem">Where and why it cannot be read, as <c>line 3: …</c>; null when it can.</param>
    /// <returns>Null when there is a problem.</returns>
    public static CodeTable? Read(ReadOnlySpan<byte> bytes, out string? problem)
    {
        var text = DelimitedText.Decode(bytes);
        var separator = text.AsSpan().IndexOfAny(DelimitedText.Separators + "\r\n") is >= 0 and var at && text[at] is not ('\r' or '\n') ? text[at] : ',';
        List<string>? heading = null;
        var entries = new List<CodeMapEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, values) in DelimitedText.Rows(text, separator.ToString()))
        {
            if (heading is null)
            {
                heading = [.. values.Select(value => value.ToLowerInvariant())];
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

        problem = heading is null ? "line 1: The table is empty; it begins with source,code,system,display." : null;
        return heading is null ? null : new CodeTable(entries);
    }

    /// <summary>The table as text that <see cref="Read"/> takes.</summary>
    public string ToCsv() => string.Concat(Entries
        .Select(entry => (string[])[entry.Source, entry.Target.Code, entry.Target.System ?? "", entry.Target.Display ?? ""])
        .Prepend(Columns).Select(row => DelimitedText.Write(row) + "\r\n"));

    /// <summary>What changes when this table takes the place of the other.</summary>
    public CodeTableDiff From(CodeTable before)
    {
        var old = before.Entries.ToDictionary(entry => entry.Source, entry => entry.Target, StringComparer.Ordinal);
        var now = Entries.Select(entry => entry.Source).ToHashSet(StringComparer.Ordinal);
        ChangedCode[] changed =
            [.. Entries.Where(entry => old.TryGetValue(entry.Source, out var target) && target != entry.Target).Select(entry => new ChangedCode(entry.Source, old[entry.Source], entry.Target))];
        CodeMapEntry[] added = [.. Entries.Where(entry => !old.ContainsKey(entry.Source))];
        return new CodeTableDiff(added, changed, [.. before.Entries.Where(entry => !now.Contains(entry.Source))], Entries.Count - added.Length - changed.Length);
    }

    /// <summary>The table of a code map file; empty for a text that has no codes or is no code map.</summary>
    /// <param name="text">Null: there is no file.</param>
    internal static CodeTable OfFile(string? text) => new(
    [
        .. (text is null ? null : new MappingFileReader("", new ProblemList()).ReadCodeMap(text, null))?.Codes
            .Select(code => new CodeMapEntry(code.Key, new CodeTarget(code.Value.Code, code.Value.System, code.Value.Display))) ?? [],
    ]);

    private static string? HeadingProblem(List<string> heading) =>
        heading.Except(Columns).ToList() is { Count: > 0 } unknown ? $"There is no column '{unknown[0]}'. The heading is source,code,system,display."
        : heading.Distinct().Count() < heading.Count ? "A column is named twice."
        : !heading.Contains("source") || !heading.Contains("code") ? "The heading must name the columns source and code."
        : null;

    private static string? ReadRow(List<string> heading, List<string> values, Dictionary<string, int> lines, int line, List<CodeMapEntry> entries)
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

        if (!lines.TryAdd(source, line))
        {
            return $"'{source}' stands in line {lines[source]} already.";
        }

        entries.Add(new CodeMapEntry(source, new CodeTarget(code, Value("system"), Value("display"))));
        return null;

        string? Value(string column) => heading.IndexOf(column) is >= 0 and var at && at < values.Count && values[at].Length > 0 ? values[at] : null;
    }
}
