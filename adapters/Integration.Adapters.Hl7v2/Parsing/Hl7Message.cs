using Integration.Core.Parsing;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>One HL7 v2 message. Made by <see cref="Hl7Parser"/>.</summary>
/// <remarks>Immutable, safe for many threads.</remarks>
public sealed class Hl7Message : ISourceDocument
{
    private readonly Hl7Text _text;
    private readonly TimeZoneInfo _zone;

    internal Hl7Message(Hl7Text text, Hl7Segment[] segments, TimeZoneInfo zone)
    {
        _text = text;
        _zone = zone;
        Segments = segments;
    }

    public string Format => Hl7Parser.FormatName;

    public IReadOnlyList<Hl7Segment> Segments { get; }

    /// <summary>What MSH-1 and MSH-2 declare.</summary>
    public Hl7Delimiters Delimiters => _text.Delimiters;

    /// <summary>What the bytes were read as, which need not be what MSH-18 says.</summary>
    public Hl7Charset Charset => _text.Charset;

    /// <summary>MSH-9.1 and MSH-9.2 joined by <c>_</c>; MSH-9.3 where there is no MSH-9.2; MSH-9.1 alone where there is neither.</summary>
    public string MappingKey
    {
        get
        {
            var header = Segments[0];
            var code = header.Text(9, 1, 1, 0) ?? "";
            var trigger = header.Text(9, 1, 2, 0);
            return string.IsNullOrEmpty(trigger) ? header.Text(9, 1, 3, 0) ?? code : $"{code}_{trigger}";
        }
    }

    public DateTimeOffset? EventTime =>
        Hl7DateTime.Parse(Value(new Hl7Path("EVN", 1, 6, 1, 1, 0)), _zone)
        ?? Hl7DateTime.Parse(Value(new Hl7Path("EVN", 1, 2, 1, 1, 0)), _zone)
        ?? Hl7DateTime.Parse(Segments[0].Text(7, 1, 1, 0), _zone);

    IReadOnlyList<ISourceSegment> ISourceDocument.Segments => Segments;

    /// <summary><see cref="Value(in Hl7Path)"/> of a path such as <c>PID-5[1].1</c>.</summary>
    /// <exception cref="FormatException">It is no path.</exception>
    public string? this[string path] => Value(Hl7Path.Parse(path));

    /// <summary>The value at the path.</summary>
    /// <returns>See <see cref="ISourceSegment.Text"/>; null also when there is no such segment.</returns>
    public string? Value(in Hl7Path path) =>
        Segment(path.Segment, path.Ordinal)?.Text(path.Field, path.Repetition, path.Component, path.Subcomponent);

    /// <summary>The <paramref name="ordinal"/>th segment of this name, from 1; null when there are not so many.</summary>
    public Hl7Segment? Segment(string name, int ordinal = 1)
    {
        var key = Hl7SegmentName.KeyOf(name);
        foreach (var segment in (Hl7Segment[])Segments)
        {
            if (segment.Key == key && segment.Ordinal == ordinal && key != 0)
            {
                return segment;
            }
        }

        return null;
    }
}
