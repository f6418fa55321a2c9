using Integration.Core.Diagnostics;

namespace Integration.Core.Mapping.Language;

/// <summary>Where something is written: file path as shown to people, line and column from 1.</summary>
internal readonly record struct SourcePosition(string File, long Line, long Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";

    /// <summary>Further right on the same line.</summary>
    public SourcePosition Plus(int columns) => this with { Column = Column + columns };
}

/// <summary>Collects everything that is wrong in a set of mappings, each problem once, in order of file and line.</summary>
internal sealed class ProblemList
{
    private readonly HashSet<(SourcePosition Position, string Text)> _seen = [];
    private readonly List<(SourcePosition Position, ConfigurationProblem Problem)> _problems = [];

    public int Count => _problems.Count;

    public void Add(SourcePosition position, string text, string? remedy = null)
    {
        if (_seen.Add((position, text)))
        {
            _problems.Add((position, new ConfigurationProblem(position.ToString(), text, remedy)));
        }
    }

    /// <summary>Adds a problem about a name that does not exist, and offers the nearest that does.</summary>
    public void AddUnknown(SourcePosition position, string text, string name, IEnumerable<string> known) =>
        Add(position, text, Spelling.Suggest(name, known) is { } nearest ? $"Did you mean {nearest}?" : null);

    public IReadOnlyList<ConfigurationProblem> InOrder() =>
    [
        .. _problems.OrderBy(p => p.Position.File, StringComparer.Ordinal).ThenBy(p => p.Position.Line).ThenBy(p => p.Position.Column)
            .Select(p => p.Problem),
    ];
}
