using Integration.Core.Mapping.Explain;
using Integration.Core.Mapping.Language;
using Integration.Core.Mapping.Runtime;

namespace Integration.Core.Mapping.Compilation;

/// <summary>Numbers for names, given out as they come up, so that a message is mapped with arrays rather than dictionaries.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int Count => _numbers.Count;

    public IReadOnlyDictionary<string, int> Numbers => _numbers;

    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            _numbers[name] = number = _numbers.Count;
        }

        return number;
    }
}

/// <summary>What all compilers of one set of mappings share.</summary>
internal sealed class CompileContext(MappingSet set, ProblemList problems)
{
    public MappingSet Set { get; } = set;

    public ProblemList Problems { get; } = problems;

    /// <summary>Segment names.</summary>
    public NameTable Slots { get; } = new();

    /// <summary>Names of resources, <c>as</c> and <c>ref</c>.</summary>
    public NameTable Names { get; } = new();

    /// <summary>Names of rows that message maps have steps for.</summary>
    public IReadOnlyCollection<string> RowNames { get; } = [.. RowsOf(set.Messages.Values.SelectMany(map => map.Steps)).Distinct(StringComparer.Ordinal)];

    /// <summary>By row name the columns that are read.</summary>
    public IReadOnlyDictionary<string, NameTable> Columns => _columns;

    private readonly Dictionary<string, NameTable> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<SourcePosition, MappingRule> _rules = [];

    /// <summary>The number of a column, from 1.</summary>
    public int ColumnOf(string row, string column) =>
        (_columns.TryGetValue(row, out var table) ? table : _columns[row] = new NameTable()).NumberOf(column) + 1;

    /// <summary>Every rule compiled so far, in order of file and line.</summary>
    public IReadOnlyList<MappingRule> Rules =>
        [.. _rules.Values.OrderBy(rule => rule.File, StringComparer.Ordinal).ThenBy(rule => rule.Line).ThenBy(rule => rule.Column)];

    /// <summary>The rule at a place, one however often it is compiled.</summary>
    public MappingRule Rule(SourcePosition position, string target)
    {
        if (!_rules.TryGetValue(position, out var rule))
        {
            _rules[position] = rule = new MappingRule(position.File, position.Line, position.Column, target);
        }

        return rule;
    }

    private static IEnumerable<string> RowsOf(IEnumerable<StepDefinition> steps) => steps.SelectMany(step => step switch
    {
        { Segment: { } segment } => SourcePath.IsRowName(segment.Segment.Text) ? [segment.Segment.Text] : [],
        { Group: { } group } => group.Opens.Concat(group.Holds).Select(word => word.Text).Where(SourcePath.IsRowName).Concat(RowsOf(group.Steps)),
        _ => [],
    });
}

/// <summary>Every definition of a mappings folder, by file name without extension.</summary>
internal sealed record MappingSet(
    IReadOnlyDictionary<string, MessageMapDefinition> Messages,
    IReadOnlyDictionary<string, SegmentMapDefinition> Segments,
    IReadOnlyDictionary<string, DatatypeMapDefinition> Datatypes,
    IReadOnlyDictionary<string, CodeMapDefinition> CodeMaps)
{
    /// <summary>Names of files that could not be read. What refers to them is not wrong for that.</summary>
    public IReadOnlySet<string> Unreadable { get; init; } = new HashSet<string>();
}

/// <summary>Where in a source the rules of a block stand, which decides what their paths mean.</summary>
/// <param name="Home">The segment whose map this is; null inside a datatype map, where only <c>CX.4</c> can be written.</param>
/// <param name="Segment">The segment at hand; null where it may be one of several, and inside a datatype map.</param>
/// <param name="Datatypes">Datatypes the value at hand may have; empty on a segment; null when anything is possible (Z-segments, OBX-5).</param>
/// <param name="Uses">What the enclosing segment map reads and refers to.</param>
internal sealed record SourceScope(string? Home, string? Segment, IReadOnlyList<string>? Datatypes, MapUses Uses)
{
    public bool IsSegment => Datatypes is { Count: 0 };

    /// <summary>Whether a path may begin with this datatype here.</summary>
    public bool Accepts(string datatype) => Datatypes is null || Datatypes.Contains(datatype);
}

/// <summary>What a segment map reads of a message and which resources it refers to.</summary>
internal sealed class MapUses
{
    /// <summary>Fields of the segment whose map it is.</summary>
    public HashSet<(string Segment, int Field)> OfItself { get; } = [];

    /// <summary>Fields of another segment, of the first one in the group.</summary>
    public HashSet<(string Segment, int Field)> OfFirst { get; } = [];

    /// <summary>Fields of another segment, of every one in the group.</summary>
    public HashSet<(string Segment, int Field)> OfEach { get; } = [];

    public List<ResourceUse> References { get; } = [];
}

/// <param name="Gathers">All resources of the name rather than one.</param>
/// <param name="Targets">Resource types the element may refer to; empty: any.</param>
internal sealed record ResourceUse(Word Name, bool Gathers, IReadOnlyList<string> Targets, string Element)
{
    /// <summary>A message without a step of the name may use the map too.</summary>
    public bool IsOptional { get; init; }
}

/// <summary>A compiled source path.</summary>
/// <param name="Cursor">Null for <see cref="Text"/> sources, which have no place in the message.</param>
/// <param name="Scope">Where the rules below stand.</param>
/// <param name="Whole">The text is all of the value, since its datatype has no components.</param>
/// <param name="Repeats">May lead to several values.</param>
internal sealed record CompiledSource(CursorSource? Cursor, TextSource? Text, SourceScope Scope, bool Whole, bool Repeats)
{
    /// <summary>It is the code or the text of a coded value (<c>CWE.1</c>), whose other components stand beside it.</summary>
    public bool IsInCode { get; init; }

    public TextSource AsText() => Text ?? new PathText(Cursor!, Whole);
}
