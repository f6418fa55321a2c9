using Integration.Core.Attachments;

namespace Integration.Core.Parsing;

/// <summary>
/// A parsed message as segments of numbered fields, the shape that mappings read. Rows with named columns come as an <see cref="IRowDocument"/>;
/// a DICOM data set is a segment whose fields are tags.
/// </summary>
/// <remarks>Immutable; may be read from many threads.</remarks>
public interface ISourceDocument
{
    /// <summary>e.g. <c>hl7v2</c>.</summary>
    string Format { get; }

    /// <summary>What selects the message mapping: <c>ADT_A01</c> for HL7 (type and trigger event of MSH-9, joined by <c>_</c>).</summary>
    string MappingKey { get; }

    /// <summary>When the described thing happened: HL7 EVN-6, else EVN-2, else MSH-7; null when none is readable.</summary>
    DateTimeOffset? EventTime { get; }

    /// <summary>In the order sent, unknown ones included.</summary>
    IReadOnlyList<ISourceSegment> Segments { get; }

    /// <summary>Values too long for the record; where they stood, <see cref="ISourceSegment.Text"/> gives an <see cref="AttachmentReference"/> as text.</summary>
    IReadOnlyList<ISourceAttachment> Attachments => [];
}

/// <summary>One segment. Fields, repetitions, components and subcomponents count from 1, as in HL7 v2.5.1 §2.5.</summary>
public interface ISourceSegment
{
    /// <summary>e.g. <c>PID</c>.</summary>
    string Name { get; }

    /// <summary>Which of the segments of this name in the message, from 1.</summary>
    int Ordinal { get; }

    /// <summary>Highest field number that was sent.</summary>
    int FieldCount { get; }

    /// <summary>How many repetitions the field has; 0 when it is absent or empty.</summary>
    int RepetitionCount(int field);

    /// <summary>How many components the repetition has; 0 when it is absent.</summary>
    int ComponentCount(int field, int repetition);

    /// <summary>
    /// Decoded text (escapes resolved). <paramref name="component"/> 0 is the whole repetition with its delimiters when it has
    /// several components; <paramref name="subcomponent"/> 0 the whole component.
    /// </summary>
    /// <returns>The text; <c>""</c> for a value that was sent as HL7 null (two double quotes: delete what is stored);
    /// null when absent or empty (keep what is stored).</returns>
    string? Text(int field, int repetition, int component, int subcomponent);

    /// <summary>The source's own name of a field: of a column, the keyword of an attribute; null where fields have numbers.</summary>
    string? FieldName(int field) => null;

    /// <summary>The source does not have it any more, and what was made of it goes; see <see cref="SourceRow.IsGone"/>.</summary>
    bool IsGone => false;

    /// <summary>What <see cref="Text"/> would give, without making it.</summary>
    SourcePresence Presence(int field, int repetition, int component, int subcomponent) => Text(field, repetition, component, subcomponent) switch
    {
        null => SourcePresence.Absent,
        "" => SourcePresence.Cleared,
        var text => string.IsNullOrWhiteSpace(text) ? SourcePresence.Absent : SourcePresence.Valued,
    };
}

/// <summary>Whether there is a value.</summary>
public enum SourcePresence
{
    /// <summary>Nothing, or nothing but blanks: what is stored stays.</summary>
    Absent,

    /// <summary>HL7 null: what is stored goes.</summary>
    Cleared,

    /// <summary>A text.</summary>
    Valued,
}
