using Integration.Adapters.Shared.Text;
using Integration.Core.Attachments;
using Integration.Core.Parsing;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// One HL7 v2 message. Made by <see cref="Hl7Parser"/>. Holds the decoded bytes and where each line begins; a value is looked up when it is
/// asked for, and segments become objects when somebody walks over them.
/// </summary>
/// <remarks>Immutable in effect, safe for many threads.</remarks>
public sealed class Hl7Message : ISourceDocument
{
    /// <summary>Above this many lines a table leads to a segment faster than looking along the lines.</summary>
    private const int FewLines = 64;

    private readonly ReadOnlyMemory<byte> _utf8;
    private readonly Hl7Dialect _dialect;
    private readonly int[] _starts;
    private Hl7SegmentTable? _table;

    /// <param name="utf8">Valid UTF-8.</param>
    /// <param name="starts">Of <see cref="Hl7Lines.Split"/>.</param>
    internal Hl7Message(ReadOnlyMemory<byte> utf8, Hl7Dialect dialect, int[] starts)
    {
        _utf8 = utf8;
        _dialect = dialect;
        _starts = starts;
    }

    public string Format => Hl7Parser.FormatName;

    public IReadOnlyList<Hl7Segment> Segments => Table.Segments;

    /// <summary>What MSH-1 and MSH-2 declare.</summary>
    public Hl7Delimiters Delimiters => _dialect.Delimiters;

    /// <summary>What the bytes were read as, which need not be what MSH-18 says.</summary>
    public SourceCharset Charset => _dialect.Charset;

    /// <summary>MSH-9.1 and MSH-9.2 joined by <c>_</c>; MSH-9.3 where there is no MSH-9.2; MSH-9.1 alone where there is neither.</summary>
    public string MappingKey
    {
        get
        {
            var code = Value(new Hl7Path("MSH", 1, 9, 1, 1, 0)) ?? "";
            var trigger = Value(new Hl7Path("MSH", 1, 9, 1, 2, 0));
            return string.IsNullOrEmpty(trigger) ? Value(new Hl7Path("MSH", 1, 9, 1, 3, 0)) ?? code : $"{code}_{trigger}";
        }
    }

    public DateTimeOffset? EventTime => Time("EVN", 6) ?? Time("EVN", 2) ?? Time("MSH", 7);

    /// <summary>Values that are documents or pictures.</summary>
    public IReadOnlyList<ISourceAttachment> Attachments =>
        _utf8.Length < Hl7Attachment.LeastBytes ? [] : [.. Segments.SelectMany(segment => segment.Attachments)];

    IReadOnlyList<ISourceSegment> ISourceDocument.Segments => Segments;

    // Two threads may both build the table; all use the one that came first.
    private Hl7SegmentTable Table =>
        _table ?? Interlocked.CompareExchange(ref _table, new Hl7SegmentTable(_utf8, _starts, _dialect), null) ?? _table;

    /// <summary><see cref="Value(in Hl7Path)"/> of a path such as <c>PID-5[1].1</c>.</summary>
    /// <exception cref="FormatException">It is no path.</exception>
    public string? this[string path] => Value(Hl7Path.Parse(path));

    /// <summary>The value at the path.</summary>
    /// <returns>See <see cref="ISourceSegment.Text"/>; null also when there is no such segment.</returns>
    public string? Value(in Hl7Path path)
    {
        if (_table is not null || _starts.Length > FewLines || _utf8.Length >= Hl7Attachment.LeastBytes)
        {
            return Segment(path.Segment, path.Ordinal)?.Text(path.Field, path.Repetition, path.Component, path.Subcomponent);
        }

        var key = Hl7SegmentName.KeyOf(path.Segment);
        var index = IndexOf(key, path.Ordinal);
        if (index < 0)
        {
            return null;
        }

        var utf8 = _utf8.Span;
        var start = _starts[index];
        var line = utf8.Slice(start, Hl7Lines.LengthOf(utf8, start, Hl7SegmentTable.Next(_starts, index, utf8.Length)));
        var field = Hl7Value.Field(line, key, path.Field, _dialect.Delimiters.Field);
        if (path.Field <= 2 && Hl7SegmentName.IsHeader(key))
        {
            var isWhole = path is { Repetition: 1, Component: 0 or 1, Subcomponent: 0 or 1 };
            return Hl7Value.Text(isWhole ? field : default, isLiteral: true, _dialect);
        }

        return Hl7Value.Text(
            Hl7Value.Part(field, path.Repetition, path.Component, path.Subcomponent, _dialect.Delimiters), isLiteral: false, _dialect);
    }

    /// <summary>The <paramref name="ordinal"/>th segment of this name, from 1; null when there are not so many.</summary>
    public Hl7Segment? Segment(string name, int ordinal = 1) => Table.Find(Hl7SegmentName.KeyOf(name), ordinal);

    /// <summary>Adds a Warning for each field that holds an escape sequence which is left as it is.</summary>
    internal void ReportUnknownEscapes(ref Hl7IssueCollector issues)
    {
        // Most messages have no escape character behind MSH-2 (the longest header up to there is MSH|^~\&#).
        if (_utf8.Span[Math.Min(9, _utf8.Length)..].Contains(_dialect.Delimiters.Escape))
        {
            foreach (var segment in Table.Segments)
            {
                segment.ReportUnknownEscapes(ref issues);
            }
        }
    }

    private DateTimeOffset? Time(string segment, int field) => Hl7DateTime.Parse(Value(new Hl7Path(segment, 1, field, 1, 1, 0)), _dialect.Zone);

    private int IndexOf(int key, int ordinal)
    {
        var utf8 = _utf8.Span;
        for (var i = 0; i < _starts.Length; i++)
        {
            if (_starts[i] >= 0 && Hl7SegmentName.KeyOf(utf8[_starts[i]..]) == key && --ordinal == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
