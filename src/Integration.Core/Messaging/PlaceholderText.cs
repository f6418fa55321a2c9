using System.Text;
using System.Text.RegularExpressions;
using Integration.Core.Mapping.Language;

namespace Integration.Core.Messaging;

/// <summary>
/// Text with placeholders: <c>{{doctor}}</c> is a value, <c>[[ with {{doctor}}]]</c> is left out when one of its values is missing. Compiled once.
/// Immutable; safe for many threads.
/// </summary>
public sealed partial class PlaceholderText
{
    private readonly IReadOnlyList<Piece> _pieces;

    private PlaceholderText(string source, IReadOnlyList<Piece> pieces)
    {
        Source = source;
        _pieces = pieces;
        Names = [.. pieces.SelectMany(piece => piece.Parts).Select(part => part.Name).OfType<string>().Distinct()];
    }

    /// <summary>As written.</summary>
    public string Source { get; }

    /// <summary>Names of the placeholders, each once, in the order they stand.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The text with values put in.</summary>
    /// <param name="value">Null: there is no such value.</param>
    /// <param name="missing">Receives the names without a value outside of optional parts; the text is then null.</param>
    public string? Render(Func<string, string?> value, ICollection<string> missing)
    {
        var text = new StringBuilder();
        foreach (var piece in _pieces)
        {
            var lacking = piece.Parts.Where(part => part.Name is { } name && value(name) is null).Select(part => part.Name!).ToList();
            if (lacking.Count == 0)
            {
                foreach (var part in piece.Parts)
                {
                    text.Append(part.Name is { } name ? value(name) : part.Literal);
                }
            }
            else if (!piece.IsOptional)
            {
                lacking.ForEach(missing.Add);
            }
        }

        return missing.Count == 0 ? text.ToString() : null;
    }

    /// <summary>Compiles a text; what is wrong is reported with its place.</summary>
    /// <param name="positionOf">Place of a character of the text, counted from 0.</param>
    /// <param name="check">Called for each placeholder with its name and place; reports names that there are not.</param>
    /// <returns>Null when braces or brackets do not fit together, or a name is none.</returns>
    internal static PlaceholderText? Parse(string text, Func<int, SourcePosition> positionOf, Action<string, SourcePosition> check, ProblemList problems)
    {
        var before = problems.Count;
        var pieces = new List<Piece>();
        var parts = new List<Part>();
        int? optional = null;
        var from = 0;
        foreach (Match mark in Marks().Matches(text))
        {
            if (mark.Index > from)
            {
                parts.Add(new Part(text[from..mark.Index], null));
            }

            from = mark.Index + mark.Length;
            switch (mark.Value)
            {
                case "[[" when optional is null:
                    pieces.Add(new Piece([.. parts], IsOptional: false));
                    parts.Clear();
                    optional = mark.Index;
                    break;
                case "]]" when optional is { } began:
                    if (!parts.Exists(part => part.Name is not null))
                    {
                        problems.Add(positionOf(began), "An optional part holds no value that could be missing.", "Write it as [[ with {{doctor}}]], or take the brackets out.");
                    }

                    pieces.Add(new Piece([.. parts], IsOptional: true));
                    parts.Clear();
                    optional = null;
                    break;
                case "[[":
                    problems.Add(positionOf(mark.Index), "An optional part cannot hold another.", "Close the first with ]] before.");
                    break;
                case "]]" or "{{" or "}}":
                    problems.Add(positionOf(mark.Index), $"'{mark.Value}' has no counterpart.", "Values are written as {{name}}, optional parts as [[ text {{name}}]].");
                    break;
                default:
                    parts.Add(new Part("", mark.Groups["name"].Value));
                    check(mark.Groups["name"].Value, positionOf(mark.Groups["name"].Index));
                    break;
            }
        }

        parts.Add(new Part(text[from..], null));
        pieces.Add(new Piece([.. parts], IsOptional: false));
        if (optional is { } open)
        {
            problems.Add(positionOf(open), "'[[' has no counterpart.", "Close the optional part with ]].");
        }

        return problems.Count == before ? new PlaceholderText(text, pieces) : null;
    }

    [GeneratedRegex(@"\{\{ *(?<name>[A-Za-z][A-Za-z0-9.]*) *\}\}|\{\{|\}\}|\[\[|\]\]")]
    private static partial Regex Marks();

    /// <param name="Name">Of a value; null for a literal.</param>
    private sealed record Part(string Literal, string? Name);

    private sealed record Piece(IReadOnlyList<Part> Parts, bool IsOptional);
}
