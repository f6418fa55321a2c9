using Integration.Core.Mapping.Codes;
using YamlDotNet.RepresentationModel;

namespace Integration.Core.Mapping.Language;

/// <summary>A text of a mapping file and where it stands.</summary>
internal readonly record struct Word(string Text, SourcePosition Position)
{
    public override string ToString() => Text;
}

/// <summary><c>messages/*.yaml</c>: which segments of a message become resources, in which order.</summary>
internal sealed record MessageMapDefinition(string Name, SourcePosition Position, IReadOnlyList<Word> Messages, IReadOnlyList<StepDefinition> Steps)
{
    /// <summary>Segments of which each begins another of the two people whom the message is about; empty for a message about one.</summary>
    public IReadOnlyList<Word> Patients { get; init; } = [];

    /// <summary>What the message says of the two.</summary>
    public PatientRelation Relation { get; init; }
}

/// <summary>One entry of <c>steps</c>: a segment to map or a group of segments that belong together. One of both is set.</summary>
internal sealed record StepDefinition(SourcePosition Position)
{
    public SegmentStepDefinition? Segment { get; init; }

    public GroupDefinition? Group { get; init; }
}

/// <param name="OccursOnce">The segment must be there exactly once; else the message is refused.</param>
/// <param name="Name">What other maps call the resource in <c>ref</c>; null when none does.</param>
/// <param name="Moves">See <see cref="MappedResource.Moves"/>.</param>
internal sealed record SegmentStepDefinition(Word Segment, Word Map, Word? Name, bool OccursOnce, bool Moves, Word? When)
{
    /// <summary>Other messages make the thing too: it stays when the row is gone.</summary>
    public bool Stays { get; init; }
}

/// <param name="Opens">Segments that begin a group, in their order inside one.</param>
/// <param name="Holds">Further segments that belong to it.</param>
internal sealed record GroupDefinition(IReadOnlyList<Word> Opens, IReadOnlyList<Word> Holds, IReadOnlyList<StepDefinition> Steps);

/// <summary><c>segments/*.yaml</c>: how a segment becomes a resource.</summary>
internal sealed record SegmentMapDefinition(string Name, SourcePosition Position, Word Segment, Word Resource, IReadOnlyList<RuleDefinition> Rules)
{
    /// <summary>A resource for each repetition of this field instead of one for the segment.</summary>
    public Word? Each { get; init; }

    /// <summary>Which of them.</summary>
    public Word? Where { get; init; }

    public IReadOnlyList<KeyDefinition> Id { get; init; } = [];

    public NoIdPolicy NoId { get; init; }

    public SameIdPolicy SameId { get; init; }
}

/// <summary>What to do when no alternative of <c>id</c> has all its values.</summary>
internal enum NoIdPolicy
{
    /// <summary>Make no resource, say so.</summary>
    Skip,

    /// <summary>Refuse the message.</summary>
    Refuse,
}

/// <summary>What to do when a message holds the same business identifier twice.</summary>
internal enum SameIdPolicy
{
    /// <summary>Keep the first, warn.</summary>
    Skip,

    /// <summary>Number the later ones: they are different things that the source gave no identifier of their own.</summary>
    Number,

    /// <summary>Keep the first and tell nothing: segments repeat it on purpose.</summary>
    First,
}

/// <summary>One way to make an id: <c>{ from, where, key }</c>.</summary>
internal sealed record KeyDefinition(SourcePosition Position, Word? From, Word? Where, Word? When, IReadOnlyList<RuleDefinition> Key);

/// <summary><c>datatypes/*.yaml</c>: how a datatype becomes a FHIR element.</summary>
/// <param name="Target">FHIR type made.</param>
/// <param name="First">For a primitive target: the alternatives. Empty for a complex one, which has <paramref name="Rules"/>.</param>
internal sealed record DatatypeMapDefinition(
    string Name, SourcePosition Position, Word Datatype, Word Target, IReadOnlyList<RuleDefinition> Rules, IReadOnlyList<RuleDefinition> First);

/// <summary><c>codesystems/*.yaml</c>: source codes to FHIR codes.</summary>
/// <param name="System">Code system of the targets, where an entry names no other; null when only primitive codes are made.</param>
/// <param name="Default">Stands for every code that is not listed; null: see <paramref name="Unmapped"/>.</param>
/// <param name="Codes">For each source code what it means; several targets hold on different days.</param>
internal sealed record CodeMapDefinition(
    string Name, SourcePosition Position, string? System, CodeEntry? Default, UnmappedPolicy Unmapped, IReadOnlyDictionary<string, IReadOnlyList<CodeEntry>> Codes)
{
    /// <summary>A code that is not listed as sent is looked for in its narrow form: without blanks, with half-width signs.</summary>
    public bool Folds { get; init; }
}

internal sealed record CodeEntry(SourcePosition Position, CodeTarget Target);

/// <summary>What to do with a code that the map does not list and for which it has no default. All but <see cref="Pass"/> report CodeNotMapped.</summary>
internal enum UnmappedPolicy
{
    /// <summary>Leave the element out.</summary>
    Drop,

    /// <summary>Keep the source's code.</summary>
    Keep,

    /// <summary>Refuse the message.</summary>
    Refuse,

    /// <summary>Leave it to the next alternative and report nothing.</summary>
    Pass,
}

/// <summary>One rule: a target and the one thing that fills it.</summary>
internal sealed record RuleDefinition(SourcePosition Position)
{
    public Word? To { get; init; }

    /// <summary>Source paths; the first with a value counts.</summary>
    public IReadOnlyList<Word> From { get; init; } = [];

    public Word? Map { get; init; }

    public Word? Code { get; init; }

    public Word? Part { get; init; }

    /// <summary>Numbers, and paths to numbers, that the value is multiplied by.</summary>
    public IReadOnlyList<Word> Times { get; init; } = [];

    /// <summary>Path of a number of minutes that is added to the time at <see cref="From"/>.</summary>
    public Word? PlusMinutes { get; init; }

    /// <summary>A text with <c>{paths}</c>; nothing when one of them has no value.</summary>
    public Word? Text { get; init; }

    /// <summary>Paths whose values are joined by <see cref="Separator"/>.</summary>
    public IReadOnlyList<Word> Join { get; init; } = [];

    public string Separator { get; init; } = " ";

    /// <summary>A constant.</summary>
    public YamlNode? Value { get; init; }

    public Word? Ref { get; init; }

    public IReadOnlyList<RuleDefinition> Rules { get; init; } = [];

    public IReadOnlyList<RuleDefinition> First { get; init; } = [];

    public Word? When { get; init; }

    /// <summary>Which repetitions count.</summary>
    public Word? Where { get; init; }

    /// <summary>A value that the list has already is not added again.</summary>
    public bool Distinct { get; init; }

    /// <summary>Without a value here the whole element is left out.</summary>
    public bool Required { get; init; }

    /// <summary>The message does not say it: a record that knows better keeps what it has.</summary>
    public bool Assumed { get; init; }

    /// <summary>Told as an Information issue when the rule takes effect.</summary>
    public Word? Issue { get; init; }
}
