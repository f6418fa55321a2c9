using Integration.Core.Diagnostics;

namespace Integration.Core.Mapping.Codes;

/// <summary>One entry of a code map.</summary>
/// <param name="Source">The source's code.</param>
public sealed record CodeMapEntry(string Source, CodeTarget Target);

/// <summary>A target that a code may mean.</summary>
/// <param name="Because">The entry of the code map that is most like it.</param>
/// <param name="Likeness">0 to 1.</param>
public sealed record CodeSuggestion(CodeTarget Target, CodeMapEntry Because, double Likeness);

/// <summary>Finds the targets of a code map that a code most probably means, by spelling of codes and texts.</summary>
public static class CodeSuggestions
{
    private const int Most = 5;
    private const double Least = 0.3;

    /// <param name="text">The source's own words; null for none.</param>
    /// <returns>At most five, the likeliest first, each target once.</returns>
    public static IReadOnlyList<CodeSuggestion> For(string code, string? text, IEnumerable<CodeMapEntry> entries)
    {
        string[] asked = text is null ? [code] : [code, text];
        return
        [
            .. entries.Select(entry => new CodeSuggestion(entry.Target with { ValidFrom = null, ValidTo = null }, entry, asked.Max(word => Likeness(word, entry))))
                .Where(suggestion => suggestion.Likeness >= Least)
                .OrderByDescending(suggestion => suggestion.Likeness).ThenBy(suggestion => suggestion.Target.Code, StringComparer.Ordinal)
                .DistinctBy(suggestion => (suggestion.Target.System, suggestion.Target.Code)).Take(Most),
        ];
    }

    private static double Likeness(string word, CodeMapEntry entry) =>
        new[] { entry.Source, entry.Target.Code, entry.Target.Display ?? "" }.Max(known => Likeness(word.Trim(), known));

    private static double Likeness(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return 0;
        }

        var (a, b) = (left.ToUpperInvariant(), right.ToUpperInvariant());
        var longest = Math.Max(a.Length, b.Length);
        var bySpelling = 1.0 - ((double)Spelling.Distance(a, b) / longest);

        // 女性 means what 女 means, and FEMALE PATIENT what FEMALE does; a single Latin letter inside a word means nothing.
        var shortest = a.Length <= b.Length ? a : b;
        var isPart = (shortest.Length > 1 || shortest[0] > 0x2E80) && (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal));
        return Math.Round(Math.Max(bySpelling, isPart ? 0.6 + (0.4 * shortest.Length / longest) : 0), 3);
    }
}
