using System.Globalization;
using Integration.Core.Mapping.Codes;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Language;

/// <summary>Reads what a source code of a code map stands for: one target, or a list of targets that hold at different times.</summary>
internal sealed class CodeEntryReader(string file, ProblemList problems)
{
    private static readonly string[] Keys = ["code", "system", "display"];
    private static readonly string[] DatedKeys = [.. Keys, "validFrom", "validTo"];

    /// <summary>The target of every other code, which has no dates; null when it cannot be read, which has then been reported.</summary>
    public CodeEntry? ReadDefault(YamlNode node) => Read(node, Keys);

    /// <returns>In order of the file; empty when none can be read, which has then been reported.</returns>
    public IReadOnlyList<CodeEntry> Read(string source, YamlNode node)
    {
        if (node is not YamlSequenceNode list)
        {
            return Read(node, DatedKeys) is { } single ? [single] : [];
        }

        if (list.Children.Count == 0)
        {
            problems.Add(YamlBlock.PositionOf(node, file), $"The list of '{source}' is empty.", "Give it a target code, or take it out.");
        }

        var entries = new List<CodeEntry>();
        foreach (var entry in list.Children.Select(child => Read(child, DatedKeys)).OfType<CodeEntry>())
        {
            if (entries.Find(earlier => earlier.Target.Overlaps(entry.Target)) is { } other)
            {
                problems.Add(
                    entry.Position, $"'{source}' means two things on some days: this and what stands in line {other.Position.Line}, column {other.Position.Column}.",
                    "Let one end (validTo) on the day before the other begins (validFrom).");
            }

            entries.Add(entry);
        }

        return entries;
    }

    private CodeEntry? Read(YamlNode node, string[] keys)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } code })
        {
            return new CodeEntry(YamlBlock.PositionOf(node, file), new CodeTarget(code));
        }

        if (YamlBlock.Read(node, file, "A target code", keys, problems) is not { } block)
        {
            return null;
        }

        var (from, to) = (Day(block, "validFrom"), Day(block, "validTo"));
        if (to < from)
        {
            problems.Add(block.Word("validTo")!.Value.Position, "It ends before it begins.", "Both days belong to the time: validFrom is the first, validTo the last.");
        }

        return new CodeEntry(block.Position, new CodeTarget(
            block.RequiredWord("code", "A target code").Text, block.Word("system")?.Text, block.Word("display")?.Text, from, to));
    }

    private DateOnly? Day(YamlBlock block, string key)
    {
        if (block.Word(key) is not { } word)
        {
            return null;
        }

        if (DateOnly.TryParseExact(word.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        problems.Add(word.Position, $"'{word}' is not a day.", "Write it as 2026-01-31.");
        return null;
    }
}
