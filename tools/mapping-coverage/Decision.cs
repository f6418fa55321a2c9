using Integration.Core.Mapping.Language;
using YamlDotNet.RepresentationModel;

namespace Integration.MappingCoverage;

/// <summary>What became of a row of the guide.</summary>
internal enum Verdict
{
    /// <summary>A rule writes the target from the field.</summary>
    Mapped,

    /// <summary>The record has it, but elsewhere or from elsewhere.</summary>
    Otherwise,

    /// <summary>The record does not have it.</summary>
    Not,
}

/// <summary>
/// A decision about rows that no rule follows, from <c>mappings/coverage/TABLE.yaml</c>. It names a row by its key, several by a field, or by a
/// field and the beginning of a target, or all that are left by <c>*</c>. The longest name decides.
/// </summary>
internal sealed record Decision(SourcePosition Position, string Row, Verdict Verdict, string Reason)
{
    private static readonly (string Key, Verdict Verdict)[] Verdicts = [("otherwise", Verdict.Otherwise), ("not", Verdict.Not)];

    public bool Covers(GuideRow row) =>
        Row == "*" || Row == row.Key || Row == row.Field || Row == $"{row.Key} = {row.Constant}"
        || row.Key.StartsWith(Row + ".", StringComparison.Ordinal) || row.Key.StartsWith(Row + "/", StringComparison.Ordinal);

    /// <summary>Reads the decisions of one table; an absent file has none.</summary>
    /// <param name="shown">The file as shown to people.</param>
    public static IReadOnlyList<Decision> Read(string file, string shown, ProblemList problems)
    {
        if (!File.Exists(file))
        {
            return [];
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(file)));
        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlSequenceNode entries)
        {
            problems.Add(new SourcePosition(shown, 1, 1), "The file must be a list of decisions.", "For example - { rows: ['PV1-43'], not: reason }");
            return [];
        }

        var decisions = new List<Decision>();
        foreach (var entry in entries.Children)
        {
            decisions.AddRange(ReadEntry(entry, shown, problems));
        }

        return decisions;
    }

    private static IEnumerable<Decision> ReadEntry(YamlNode entry, string shown, ProblemList problems)
    {
        if (YamlBlock.Read(entry, shown, "A decision", ["rows", .. Verdicts.Select(v => v.Key)], problems) is not { } block)
        {
            return [];
        }

        var given = Verdicts.Where(v => block.Node(v.Key) is not null).ToList();
        if (given.Count != 1 || block.Word(given[0].Key) is not { Text.Length: > 0 } reason)
        {
            problems.Add(block.Position, "A decision needs either otherwise or not, with the reason.");
            return [];
        }

        var rows = block.Words("rows");
        if (rows.Count == 0)
        {
            problems.Add(block.Position, "A decision needs 'rows': the rows that it is about, or '*'.");
        }

        return rows.Select(row => new Decision(row.Position, row.Text, given[0].Verdict, reason.Text)).ToList();
    }
}
