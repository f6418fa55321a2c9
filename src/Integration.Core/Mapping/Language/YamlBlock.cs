using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Language;

/// <summary>A YAML mapping whose keys are all known. What does not fit is reported and read as absent, so that one look finds every problem.</summary>
internal sealed class YamlBlock
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly ProblemList _problems;

    private YamlBlock(SourcePosition position, ProblemList problems)
    {
        Position = position;
        _problems = problems;
    }

    public SourcePosition Position { get; }

    /// <summary>Reads a node that must be a mapping with no other keys than these; null when it is none.</summary>
    public static YamlBlock? Read(YamlNode node, string file, string what, IReadOnlyCollection<string> keys, ProblemList problems)
    {
        var position = PositionOf(node, file);
        if (node is not YamlMappingNode mapping)
        {
            problems.Add(position, $"{what} must be a block of keys and values.", $"Its keys are {string.Join(", ", keys)}.");
            return null;
        }

        var block = new YamlBlock(position, problems);
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = (keyNode as YamlScalarNode)?.Value ?? "";
            if (keys.Contains(key))
            {
                block._values[key] = value;
            }
            else
            {
                problems.AddUnknown(PositionOf(keyNode, file), $"{what} has no key '{key}'.", key, keys);
            }
        }

        return block;
    }

    public static SourcePosition PositionOf(YamlNode node, string file) => new(file, node.Start.Line, node.Start.Column);

    public YamlNode? Node(string key) => _values.GetValueOrDefault(key);

    public Word? Word(string key) => Node(key) is { } node ? AsWord(node, $"'{key}'") : null;

    /// <summary>The word of a key that must be there; an empty one when it is not.</summary>
    public Word RequiredWord(string key, string what)
    {
        if (Node(key) is { } node)
        {
            return AsWord(node, $"'{key}'") ?? new Word("", PositionOf(node, Position.File));
        }

        _problems.Add(Position, $"{what} needs the key '{key}'.");
        return new Word("", Position);
    }

    /// <summary>A list of words; a single word counts as a list of one.</summary>
    public IReadOnlyList<Word> Words(string key)
    {
        if (Node(key) is not { } node)
        {
            return [];
        }

        if (node is not YamlSequenceNode sequence)
        {
            return AsWord(node, $"'{key}'") is { } single ? [single] : [];
        }

        return [.. sequence.Children.Select(child => AsWord(child, $"An entry of '{key}'")).OfType<Word>()];
    }

    /// <summary>The entries of a list; empty when the key is absent.</summary>
    public IReadOnlyList<YamlNode> List(string key)
    {
        switch (Node(key))
        {
            case null:
                return [];
            case YamlSequenceNode sequence:
                return [.. sequence.Children];
            case var node:
                _problems.Add(PositionOf(node, Position.File), $"'{key}' must be a list.", "Begin each entry with a hyphen.");
                return [];
        }
    }

    public bool Flag(string key)
    {
        if (Word(key) is not { } word)
        {
            return false;
        }

        if (word.Text is not ("true" or "false"))
        {
            _problems.Add(word.Position, $"'{key}' must be true or false.");
        }

        return word.Text == "true";
    }

    /// <summary>One of a few names, each standing for a value.</summary>
    public T Choice<T>(string key, T fallback, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (Word(key) is not { } word)
        {
            return fallback;
        }

        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            if (name == word.Text)
            {
                return value;
            }

            names.Add(name);
        }

        _problems.AddUnknown(word.Position, $"'{key}' must be one of {string.Join(", ", names)}.", word.Text, names);
        return fallback;
    }

    private Word? AsWord(YamlNode node, string what)
    {
        if (node is not YamlScalarNode scalar)
        {
            _problems.Add(PositionOf(node, Position.File), $"{what} must be a single value.");
            return null;
        }

        // Where the text begins, not its quote, so that a problem inside it can be pointed at.
        var quoted = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
        return new Word(scalar.Value ?? "", PositionOf(node, Position.File).Plus(quoted ? 1 : 0));
    }
}
