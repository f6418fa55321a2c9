using Integration.Core.Mapping.Language;

namespace Integration.Core.Mapping.Outbound;

/// <summary><c>outbound/*.yaml</c>: the message that one trigger event sends.</summary>
/// <param name="Name">File name without extension, e.g. <c>ADT_A08</c>.</param>
/// <param name="Message">MSH-9 with its components, e.g. <c>ADT^A08^ADT_A01</c>.</param>
/// <param name="Of">Type of the resource whose change is told; its resource is named <c>focus</c>.</param>
internal sealed record OutboundMessageDefinition(
    string Name, SourcePosition Position, Word Message, Word Of, IReadOnlyList<RelatedDefinition> With, IReadOnlyList<OutboundStepDefinition> Steps);

/// <summary>One entry of <c>with</c>: a resource beside the focus.</summary>
/// <param name="Reference">Path from the focus to references; those to another type are passed over.</param>
/// <param name="Latest">Instead of a reference: the patient's newest resource of the type.</param>
internal sealed record RelatedDefinition(SourcePosition Position, Word Name, Word Type, Word? Reference, bool Latest);

/// <summary>One entry of <c>segments</c>: a segment, or with <paramref name="Steps"/> several that repeat together.</summary>
/// <param name="Of">Name of the resource; null: what the enclosing step is at, at the top the focus.</param>
/// <param name="Each">Path inside it: once for each value there.</param>
/// <param name="Where">Which of the values.</param>
/// <param name="Unless">Left out when there is a resource of this name.</param>
internal sealed record OutboundStepDefinition(
    SourcePosition Position, Word? Map, Word? Of, Word? Each, Word? Where, Word? Unless, IReadOnlyList<OutboundStepDefinition> Steps);

/// <summary><c>outbound/segments/*.yaml</c> and <c>outbound/datatypes/*.yaml</c>: how a FHIR type becomes a segment or a datatype.</summary>
/// <param name="Target">Segment or datatype name.</param>
/// <param name="Source">FHIR type: resource, backbone (<c>Appointment.participant</c>), datatype or primitive.</param>
internal sealed record OutboundMapDefinition(
    string Name, SourcePosition Position, Word Target, Word Source, IReadOnlyList<OutboundRuleDefinition> Rules);

/// <summary>One rule: an HL7 place and the one thing that fills it.</summary>
internal sealed record OutboundRuleDefinition(SourcePosition Position, Word To)
{
    /// <summary>FHIR paths; the first with a value counts.</summary>
    public IReadOnlyList<Word> From { get; init; } = [];

    /// <summary>Which of the values of <see cref="From"/>.</summary>
    public Word? Where { get; init; }

    /// <summary>Outbound datatype map.</summary>
    public Word? Map { get; init; }

    /// <summary>Inbound code map, read backwards: the first source code that gives the FHIR code.</summary>
    public Word? Code { get; init; }

    /// <summary>A constant; with <see cref="From"/>, written when that has a value.</summary>
    public Word? Value { get; init; }

    /// <summary>The text behind this beginning; nothing when it begins otherwise.</summary>
    public Word? After { get; init; }

    /// <summary>Put all values of <see cref="From"/> together with this between them.</summary>
    public Word? Join { get; init; }

    /// <summary>Only values that do not say what this path says.</summary>
    public Word? Differs { get; init; }

    /// <summary>Only the first value.</summary>
    public bool First { get; init; }

    public Word? When { get; init; }

    /// <summary>Without a value here the segment or datatype value is not written.</summary>
    public bool Required { get; init; }
}

/// <summary>Everything under <c>outbound</c>, by file name without extension, with the code maps of the inbound side.</summary>
internal sealed record OutboundSet(
    IReadOnlyDictionary<string, OutboundMessageDefinition> Messages,
    IReadOnlyDictionary<string, OutboundMapDefinition> Segments,
    IReadOnlyDictionary<string, OutboundMapDefinition> Datatypes,
    IReadOnlyDictionary<string, CodeMapDefinition> CodeMaps)
{
    /// <summary>Names of files that could not be read. What refers to them is not wrong for that.</summary>
    public IReadOnlySet<string> Unreadable { get; init; } = new HashSet<string>();
}
