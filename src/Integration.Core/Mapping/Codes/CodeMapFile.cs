using System.Text.RegularExpressions;

namespace Integration.Core.Mapping.Codes;

/// <summary>What a source code stands for.</summary>
/// <param name="System">Null: that of the code map.</param>
/// <param name="Display">Null: none.</param>
public sealed record CodeTarget(string Code, string? System = null, string? Display = null);

/// <summary>Changes the text of a code map file in place, so that comments and order in it stay.</summary>
internal static partial class CodeMapFile
{
    /// <summary>The text with the code in it, in place of an entry of the same code.</summary>
    /// <param name="text">Null: there is no file yet.</param>
    /// <returns>Null when <c>codes</c> is not written with a line for each code.</returns>
    public static string? WithCode(string? text, string code, CodeTarget target)
    {
        var lines = (text ?? "").ReplaceLineEndings("\n").Split('\n').ToList();
        while (lines.Count > 0 && lines[^1].Trim().Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        var head = lines.FindIndex(line => line.StartsWith("codes:", StringComparison.Ordinal));
        if (head < 0)
        {
            lines.Add("codes:");
            head = lines.Count - 1;
        }
        else if (BlockHead().IsMatch(lines[head]) is false)
        {
            return null;
        }

        var end = head + 1;
        while (end < lines.Count && (lines[end].Length == 0 || lines[end][0] is ' ' or '#'))
        {
            end++;
        }

        var indent = lines.Skip(head + 1).Take(end - head - 1).Select(line => Entry().Match(line)).FirstOrDefault(match => match.Success)?.Groups["indent"].Value ?? "  ";
        var written = $"{indent}{Quoted(code)}: {Written(target)}";
        for (var at = head + 1; at < end; at++)
        {
            if (Entry().Match(lines[at]) is { Success: true } match && match.Groups["indent"].Value == indent && Unquoted(match.Groups["key"].Value) == code)
            {
                var next = at + 1;
                while (next < end && lines[next].StartsWith(indent + " ", StringComparison.Ordinal))
                {
                    next++;
                }

                lines.RemoveRange(at, next - at);
                lines.Insert(at, written);
                return string.Join('\n', lines) + "\n";
            }
        }

        lines.Insert(end, written);
        return string.Join('\n', lines) + "\n";
    }

    private static string Written(CodeTarget target)
    {
        if (target is { System: null, Display: null })
        {
            return Quoted(target.Code);
        }

        var system = target.System is null ? "" : $", system: {Quoted(target.System)}";
        var display = target.Display is null ? "" : $", display: {Quoted(target.Display)}";
        return $"{{ code: {Quoted(target.Code)}{system}{display} }}";
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

    [GeneratedRegex(@"^(?<indent> +)(?<key>'(?:[^']|'')*'|""[^""]*""|[^'""#\s][^:]*)\s*:")]
    private static partial Regex Entry();
}
