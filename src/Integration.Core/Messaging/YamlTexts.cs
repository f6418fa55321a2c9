using Integration.Core.Mapping.Language;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Messaging;

/// <summary>Reads texts with placeholders out of a YAML file, so that a problem points at the character it is about.</summary>
/// <param name="file">Path as shown to people.</param>
/// <param name="yaml">Text of the file.</param>
internal sealed class YamlTexts(string file, string yaml, ProblemList problems)
{
    private readonly string[] _lines = yaml.Split('\n');

    /// <param name="check">See <see cref="PlaceholderText.Parse"/>.</param>
    /// <returns>Null when it is no text, or not a right one, which has then been reported.</returns>
    public PlaceholderText? Read(YamlNode node, string what, Action<string, SourcePosition> check)
    {
        if (node is not YamlScalarNode { Value: { } text } scalar)
        {
            problems.Add(YamlBlock.PositionOf(node, file), $"{what} must be a text.");
            return null;
        }

        return PlaceholderText.Parse(text.TrimEnd('\n'), index => PositionOf(scalar, index), check, problems);
    }

    private SourcePosition PositionOf(YamlScalarNode node, int index)
    {
        var start = YamlBlock.PositionOf(node, file);
        if (node.Style is not (ScalarStyle.Literal or ScalarStyle.Folded))
        {
            return start.Plus(index + (node.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? 1 : 0));
        }

        // A block begins on the line below its sign and is indented as far as its first line.
        var before = node.Value![..index];
        var line = start.Line + 1 + before.Count(c => c == '\n');
        var indent = start.Line < _lines.Length ? _lines[start.Line].TakeWhile(c => c == ' ').Count() : 0;
        return new SourcePosition(file, line, 1 + indent + index - (before.LastIndexOf('\n') + 1));
    }
}
