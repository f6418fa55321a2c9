using Integration.Core.Parsing;

namespace Integration.Core.Mapping.Runtime;

/// <summary>
/// Where a mapping stands in a message: on a segment (<see cref="Field"/> 0), on a repetition of a field, on a component or on a
/// subcomponent. A path such as <c>CX.4</c> counts from here.
/// </summary>
/// <param name="home">The segment whose map runs; <paramref name="segment"/> is another one where a rule reads another.</param>
internal readonly struct SourceCursor(
    MapFrame frame, ISourceSegment? home, ISourceSegment? segment, int field = 0, int repetition = 0, int component = 0, int subcomponent = 0)
{
    public readonly MapFrame Frame = frame;
    public readonly ISourceSegment? Home = home;
    public readonly ISourceSegment? Segment = segment;
    public readonly int Field = field;
    public readonly int Repetition = repetition;
    public readonly int Component = component;
    public readonly int Subcomponent = subcomponent;

    /// <summary>All text at the cursor with its delimiters; <c>""</c> for HL7 null, null when absent or blank.</summary>
    public string? WholeText() =>
        Segment is null || Field == 0 ? null : NotBlank(Segment.Text(Field, Repetition, Component, Subcomponent));

    /// <summary>What <see cref="WholeText"/> would give, without making it.</summary>
    public SourcePresence Presence => Segment is null || Field == 0 ? SourcePresence.Absent : Segment.Presence(Field, Repetition, Component, Subcomponent);

    /// <summary>The first component of a value that has several: the code of a CWE, the number of a CX.</summary>
    public string? FirstText() => Part(1, 0).WholeText();

    /// <summary>The component (or below a component the subcomponent) with this number. Below a subcomponent only 1 exists, itself.</summary>
    public SourceCursor Part(int number, int below)
    {
        if (Subcomponent > 0)
        {
            return number == 1 && below <= 1 ? this : default;
        }

        if (Component > 0)
        {
            return below <= 1 ? new SourceCursor(Frame, Home, Segment, Field, Repetition, Component, number) : default;
        }

        return new SourceCursor(Frame, Home, Segment, Field, Repetition, number, below);
    }

    /// <summary>In the source's own words: <c>PID-3[2].4</c>, <c>OBX[3]-5</c>, <c>line[2].amount</c>. Only made when there is something to tell.</summary>
    public string Place()
    {
        if (Segment is null)
        {
            return "";
        }

        var place = Segment.Ordinal > 1 ? $"{Segment.Name}[{Segment.Ordinal}]" : Segment.Name;
        if (Field > 0 && Segment.FieldName(Field) is { } name)
        {
            return Repetition > 1 ? $"{place}.{name}[{Repetition}]" : $"{place}.{name}";
        }

        if (Field > 0)
        {
            place += Repetition > 1 ? $"-{Field}[{Repetition}]" : $"-{Field}";
        }

        return Component == 0 ? place : Subcomponent == 0 ? $"{place}.{Component}" : $"{place}.{Component}.{Subcomponent}";
    }

    private static string? NotBlank(string? text)
    {
        if (string.IsNullOrEmpty(text) || (!char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1])))
        {
            return text;
        }

        var trimmed = text.Trim();
        return trimmed.Length == 0 ? null : trimmed;
    }
}
