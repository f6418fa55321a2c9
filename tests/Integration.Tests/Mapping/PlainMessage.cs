using System.Text;

namespace Integration.Tests.Mapping;

/// <summary>
/// A message cut by its delimiters and nothing else, so that what it says can be looked for without the product's parser and mapper.
/// </summary>
internal sealed class PlainMessage(IReadOnlyList<PlainSegment> segments)
{
    public IReadOnlyList<PlainSegment> Segments { get; } = segments;

    /// <summary>Type and event, as in ADT_A01.</summary>
    public string Key => Segments[0].Field(9) is [var first, ..] && first.Split('^') is [var type, var trigger, ..] ? $"{type}_{trigger}" : "";

    /// <summary>The messages of a file: each MSH begins one.</summary>
    public static IReadOnlyList<(string Text, PlainMessage Message)> ReadAll(byte[] file)
    {
        var lines = Encoding.UTF8.GetString(file).TrimStart('\uFEFF').Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Trim('\v', '\x1c')).Where(line => line.Length > 3 && !line.StartsWith("FHS", StringComparison.Ordinal)
                && !line.StartsWith("BHS", StringComparison.Ordinal) && !line.StartsWith("BTS", StringComparison.Ordinal) && !line.StartsWith("FTS", StringComparison.Ordinal));
        var messages = new List<List<string>>();
        foreach (var line in lines)
        {
            if (line.StartsWith("MSH", StringComparison.Ordinal))
            {
                messages.Add([]);
            }

            messages.LastOrDefault()?.Add(line);
        }

        return [.. messages.Select(m => (string.Join('\r', m) + "\r", new PlainMessage([.. m.Select(line => new PlainSegment(line))])))];
    }

    public IEnumerable<PlainSegment> All(string name) => Segments.Where(segment => segment.Name == name);

    /// <summary>Escape sequences as the characters that they stand for. HL7 v2.5.1 §2.7.</summary>
    public static string Unescape(string text) => text
        .Replace("\\F\\", "|", StringComparison.Ordinal).Replace("\\S\\", "^", StringComparison.Ordinal).Replace("\\T\\", "&", StringComparison.Ordinal)
        .Replace("\\R\\", "~", StringComparison.Ordinal).Replace("\\.br\\", "\n", StringComparison.Ordinal).Replace("\\E\\", "\\", StringComparison.Ordinal);
}

internal sealed class PlainSegment(string line)
{
    private readonly string[] _fields = line.Split(line.Length > 3 ? line[3] : '|');

    public string Name => line[..3];

    /// <summary>The repetitions of a field, from 1; none when it is empty.</summary>
    public string[] Field(int number)
    {
        var index = Name == "MSH" ? number - 1 : number;
        return index < _fields.Length && _fields[index].Length > 0 ? [.. _fields[index].Split('~').Where(r => r.Trim().Length > 0)] : [];
    }

    /// <summary>A component of the first repetition, escapes resolved; empty when there is none.</summary>
    public string Part(int field, int component = 1) => Field(field) is [var first, ..] ? Part(first, component) : "";

    public static string Part(string repetition, int component) =>
        repetition.Split('^') is var parts && component <= parts.Length ? PlainMessage.Unescape(parts[component - 1].Split('&')[0]).Trim() : "";
}
