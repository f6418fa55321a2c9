using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Language;

namespace Integration.MappingCoverage;

/// <param name="Says">Where it is mapped, or the reason why not there.</param>
internal sealed record CoveredRow(GuideRow Row, Verdict Verdict, string Says);

internal sealed record CoveredTable(GuideTable Table, IReadOnlyList<CoveredRow> Rows)
{
    public int Count(Verdict verdict) => Rows.Count(row => row.Verdict == verdict);
}

/// <summary>Holds every row of the guide against the mappings and against the decisions.</summary>
/// <param name="Problems">
/// Rows with neither a rule nor a decision, decisions about rows that are mapped or do not exist, files that cannot be read. Empty: the report can be
/// written.
/// </param>
internal sealed record CoverageReport(IReadOnlyList<CoveredTable> Tables, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <param name="guide">Folder of the guide, with <c>segments</c> in it.</param>
    /// <param name="mappings">The <c>mappings</c> folder.</param>
    public static CoverageReport Make(string guide, string mappings)
    {
        var loaded = MappingLoader.Load(mappings);
        if (loaded.Problems.Count > 0)
        {
            return new CoverageReport([], loaded.Problems);
        }

        var problems = new ProblemList();
        var set = MappingFolder.Of(loaded.Files!, "hl7v2", problems).Define(null, problems);
        var elements = WrittenElements.Of(set);
        var tables = GuideTable.ReadAll(guide);
        var decided = Path.Combine(mappings, "coverage");
        var covered = tables.Select(table => Cover(table, elements, Decisions(decided, table.FileName, problems), problems)).ToList();
        foreach (var left in Directory.EnumerateFiles(decided, "*.yaml").Select(Path.GetFileNameWithoutExtension).Except(tables.Select(table => table.FileName)))
        {
            problems.Add(new SourcePosition($"mappings/coverage/{left}.yaml", 1, 1), "The guide has no such table.");
        }

        return new CoverageReport(covered, problems.InOrder());
    }

    /// <summary>Holds one table against what rules write and what was decided.</summary>
    internal static CoveredTable Cover(GuideTable table, IReadOnlyList<WrittenElement> elements, IReadOnlyList<Decision> decisions, ProblemList problems)
    {
        var used = new HashSet<Decision>();
        var rows = new List<CoveredRow>();
        foreach (var row in table.Rows)
        {
            var maps = MapsFor(table, row, elements);
            if (maps.Count > 0)
            {
                rows.Add(new CoveredRow(row, Verdict.Mapped, string.Join(", ", maps)));
            }
            else if (decisions.Where(decision => decision.Covers(row)).MaxBy(decision => decision.Row.Length) is { } decision)
            {
                used.Add(decision);
                rows.Add(new CoveredRow(row, decision.Verdict, decision.Reason));
            }
            else
            {
                problems.Add(
                    new SourcePosition($"mappings/coverage/{table.FileName}.yaml", 1, 1), $"{table.Name}: no rule and no decision for '{row.Key}'{Assigned(row)}.",
                    "Map it, or decide why it is mapped otherwise or not.");
            }
        }

        foreach (var decision in decisions.Where(decision => !used.Contains(decision)))
        {
            problems.Add(decision.Position, $"'{decision.Row}' is mapped, decided by a longer name or not in the guide.", "Remove the decision.");
        }

        return new CoveredTable(table, rows);
    }

    private static IReadOnlyList<Decision> Decisions(string folder, string name, ProblemList problems) =>
        Decision.Read(Path.Combine(folder, name + ".yaml"), $"mappings/coverage/{name}.yaml", problems);

    private static string Assigned(GuideRow row) => row.Constant is { } constant ? $" = {constant}" : "";

    /// <summary>Maps that do what the row says: the last element from the field, and the references that lead to it from anywhere.</summary>
    private static List<string> MapsFor(GuideTable table, GuideRow row, IReadOnlyList<WrittenElement> elements)
    {
        var links = row.Links.Where((link, place) => place == 0 || link.Path.Length > 0).ToList();
        return links.SkipLast(1).All(link => elements.Any(element => IsAt(element, link)))
            ? [.. elements.Where(element => IsAt(element, links[^1]) && IsFrom(element, table, row) && Agrees(element, row)).Select(element => element.Map).Distinct()]
            : [];
    }

    private static bool IsAt(WrittenElement element, TargetLink link) =>
        element.Resource == link.Resource
        && (link.Path.Length == 0 || element.Path == link.Path || element.Path.StartsWith(link.Path + ".", StringComparison.Ordinal));

    private static bool IsFrom(WrittenElement element, GuideTable table, GuideRow row) =>
        row.Field == table.Segment ? element.Segment == table.Segment : element.Fields.Contains(row.Field);

    /// <summary>A constant of the guide is ours too, or ours comes from what the message says.</summary>
    private static bool Agrees(WrittenElement element, GuideRow row) => row.Constant is null || element.Constant is null || element.Constant == row.Constant;
}
