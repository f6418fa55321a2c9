using System.Globalization;
using System.Text.RegularExpressions;

namespace Integration.Core.Mapping.Codes;

/// <summary>Changes the text of a code map file in place, so that comments and order in it stay.</summary>
internal static partial class CodeMapFile
{
    /// <summary>The text with the code in it, in place of an entry of the same code.</summary>
    /// <param name="text">Null: there is no file yet.</param>
    /// <returns>Null when <c>codes</c> is not written with a line for each code, or the code means different things at different times, which only a person can go on with.</returns>
    public static string? WithCode(string? text, string code, CodeTarget target)
    {
        if (Lines.Of(text) is not { } lines)
        {
            return null;
        }

        if (CodeTable.OfFile(text).Entries.Any(entry => entry.Source == code && entry.Target.IsDated))
        {
            return null;
        }

        var written = $"{lines.Indent}{Quoted(code)}: {Written(target)}";
        if (lines.Entries().FirstOrDefault(entry => entry.Code == code) is { } known)
        {
            lines.All.RemoveRange(known.First, known.End - known.First);
            lines.All.Insert(known.First, written);
        }
        else
        {
            lines.All.Insert(lines.End, written);
        }

        return lines.ToString();
    }

    /// <summary>The text with exactly the codes of the table: equal entries keep their lines, others are written anew, new ones come last.</summary>
    /// <param name="text">Null: there is no file yet.</param>
    /// <returns>Null when <c>codes</c> is not written so that this can be done.</returns>
    public static string? WithTable(string? text, CodeTable table)
    {
        if (Lines.Of(text) is not { } lines)
        {
            return null;
        }

        var before = TargetsOf(CodeTable.OfFile(text));
        var wanted = TargetsOf(table);
        var entries = lines.Entries().ToList();

        // What an alias (*name) stands for is written out where the entry with its anchor (&name) does not stay as it is.
        var lost = entries.Where(entry => !Stays(entry.Code)).Select(entry => Anchor().Match(lines.All[entry.First]))
            .Where(match => match.Success).Select(match => "*" + match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var result = lines.All.Take(lines.Head + 1).ToList();
        var at = lines.Head + 1;
        foreach (var entry in entries)
        {
            result.AddRange(lines.All[at..entry.First]);
            at = entry.End;
            if (wanted.TryGetValue(entry.Code, out var targets))
            {
                var isSame = Stays(entry.Code) && !lost.Contains(Alias().Match(lines.All[entry.First]).Groups[1].Value);
                result.AddRange(isSame ? lines.All[entry.First..entry.End] : Written(lines.Indent, entry.Code, targets));
            }
        }

        result.AddRange(lines.All[at..lines.End]);
        result.AddRange(wanted.Where(code => entries.TrueForAll(entry => entry.Code != code.Key)).SelectMany(code => Written(lines.Indent, code.Key, code.Value)));
        result.AddRange(lines.All[lines.End..]);
        var changed = string.Join('\n', result) + "\n";
        return CodeTable.OfFile(changed).From(table).IsEmpty ? changed : null;

        bool Stays(string code) => wanted.TryGetValue(code, out var targets) && before.TryGetValue(code, out var known) && known.SequenceEqual(targets);
    }

    private static Dictionary<string, List<CodeTarget>> TargetsOf(CodeTable table) =>
        table.Entries.GroupBy(entry => entry.Source, entry => entry.Target, StringComparer.Ordinal).ToDictionary(code => code.Key, code => code.ToList(), StringComparer.Ordinal);

    private static IEnumerable<string> Written(string indent, string code, List<CodeTarget> targets) => targets.Count == 1
        ? [$"{indent}{Quoted(code)}: {Written(targets[0])}"]
        : targets.Select(target => $"{indent}  - {Written(target)}").Prepend($"{indent}{Quoted(code)}:");

    private static string Written(CodeTarget target)
    {
        if (target is { System: null, Display: null, IsDated: false })
        {
            return Quoted(target.Code);
        }

        var system = target.System is null ? "" : $", system: {Quoted(target.System)}";
        var display = target.Display is null ? "" : $", display: {Quoted(target.Display)}";
        return $"{{ code: {Quoted(target.Code)}{system}{display}{Day("validFrom", target.ValidFrom)}{Day("validTo", target.ValidTo)} }}";

        static string Day(string key, DateOnly? day) => day is { } known ? $", {key}: {known.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "";
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Unquoted(string key) => key switch
    {
        ['\'', .., '\''] when key.Length > 1 => key[1..^1].Replace("''", "'", StringComparison.Ordinal),
        ['"', .., '"'] when key.Length > 1 => key[1..^1],
        _ => key.Trim(),
    };

    [GeneratedRegex(@"^codes:\s*(#.*)?$")]
    private static partial Regex BlockHead();

    // A line that begins with a hyphen is one of the targets of the code above it.
    [GeneratedRegex(@"^(?<indent> +)(?!- )(?<key>'(?:[^']|'')*'|""[^""]*""|[^'""#\s][^:]*)\s*:")]
    private static partial Regex Entry();

    [GeneratedRegex(@":\s*&(\S+)")]
    private static partial Regex Anchor();

    [GeneratedRegex(@":\s*(\*\S+)\s*(?:#.*)?$")]
    private static partial Regex Alias();

    /// <summary>An entry and its lines, from the first to before the end.</summary>
    private sealed record EntryLines(string Code, int First, int End);

    /// <summary>A file with a block of codes, a line or more for each.</summary>
    /// <param name="Head">The line <c>codes:</c>.</param>
    /// <param name="End">The line behind the block.</param>
    /// <param name="Indent">Of the entries.</param>
    private sealed record Lines(List<string> All, int Head, int End, string Indent)
    {
        /// <summary>Null when the codes are not written so.</summary>
        public static Lines? Of(string? text)
        {
            var all = (text ?? "").ReplaceLineEndings("\n").Split('\n').ToList();
            while (all.Count > 0 && all[^1].Trim().Length == 0)
            {
                all.RemoveAt(all.Count - 1);
            }

            var head = all.FindIndex(line => line.StartsWith("codes:", StringComparison.Ordinal));
            if (head < 0)
            {
                all.Add("codes:");
                head = all.Count - 1;
            }
            else if (!BlockHead().IsMatch(all[head]))
            {
                return null;
            }

            var end = head + 1;
            while (end < all.Count && (all[end].Length == 0 || all[end][0] is ' ' or '#'))
            {
                end++;
            }

            var first = all.Skip(head + 1).Take(end - head - 1).Select(line => Entry().Match(line)).FirstOrDefault(match => match.Success);
            return new Lines(all, head, end, first?.Groups["indent"].Value ?? "  ");
        }

        public IEnumerable<EntryLines> Entries()
        {
            for (var at = Head + 1; at < End; at++)
            {
                if (Entry().Match(All[at]) is { Success: true } match && match.Groups["indent"].Value == Indent)
                {
                    var next = at + 1;
                    while (next < End && (All[next].StartsWith(Indent + " ", StringComparison.Ordinal) || All[next].StartsWith(Indent + "- ", StringComparison.Ordinal)))
                    {
                        next++;
                    }

                    yield return new EntryLines(Unquoted(match.Groups["key"].Value), at, next);
                    at = next - 1;
                }
            }
        }

        public override string ToString() => string.Join('\n', All) + "\n";
    }
}
