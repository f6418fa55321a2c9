using System.Text;
using Integration.Core.Diagnostics;
using Integration.Core.Parsing;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// One segment over the bytes of its message. Field boundaries are found when the first field is read, texts are made when they are
/// asked for, so that a field nobody reads costs nothing.
/// </summary>
/// <remarks>
/// Immutable in effect, safe for many threads: two that read first at the same time find the same boundaries.
/// A value that holds nothing but styling escapes reads as null, never as <c>""</c>, which would delete what is stored.
/// </remarks>
public sealed class Hl7Segment : ISourceSegment
{
    /// <summary>From this length on, the repetitions of a field are found once and kept, so that walking over all of them stays linear.</summary>
    private const int WideFieldBytes = 2048;

    private readonly ReadOnlyMemory<byte> _line;
    private readonly Hl7Dialect _dialect;
    private readonly Hl7Attachment[]? _attachments;
    private int[]? _separators;
    private volatile Dictionary<int, int[]>? _wideFields;

    /// <param name="line">Valid UTF-8 without its end.</param>
    /// <param name="key">0 when the line has no valid name.</param>
    internal Hl7Segment(ReadOnlyMemory<byte> line, Hl7Dialect dialect, int key, int ordinal)
    {
        _line = line;
        _dialect = dialect;
        _attachments = Hl7AttachmentFinder.Find(line, dialect);
        Key = key;
        IsHeader = Hl7SegmentName.IsHeader(key);
        Ordinal = ordinal;
        Name = key == 0 ? Hl7SegmentName.Invalid : Hl7SegmentName.ToText(key);
    }

    public string Name { get; }

    public int Ordinal { get; }

    /// <summary>0 when the line has no valid name.</summary>
    internal int Key { get; }

    /// <inheritdoc/>
    public int FieldCount => Separators().Length - (IsHeader ? 0 : 1);

    private bool IsHeader { get; }

    /// <summary>Values of it that are documents or pictures.</summary>
    internal IReadOnlyList<Hl7Attachment> Attachments => _attachments ?? [];

    private ReadOnlySpan<byte> Bytes => _line.Span;

    public int RepetitionCount(int field)
    {
        var value = FieldBytes(field);
        return value.IsEmpty ? 0 : IsLiteral(field) ? 1 : value.Count(_dialect.Delimiters.Repetition) + 1;
    }

    public int ComponentCount(int field, int repetition)
    {
        var value = Value(field, repetition, 0, 0);
        return value.IsEmpty ? 0 : IsLiteral(field) ? 1 : value.Count(_dialect.Delimiters.Component) + 1;
    }

    public string? Text(int field, int repetition, int component, int subcomponent)
    {
        var value = Value(field, repetition, component, subcomponent);
        return _attachments is null || value.Length < Hl7Attachment.LeastBytes
            ? Hl7Value.Text(value, IsLiteral(field), _dialect)
            : LongText(value);
    }

    public SourcePresence Presence(int field, int repetition, int component, int subcomponent)
    {
        var value = Value(field, repetition, component, subcomponent);
        if (value.IsEmpty)
        {
            return SourcePresence.Absent;
        }

        if (value is [(byte)'"', (byte)'"'])
        {
            return SourcePresence.Cleared;
        }

        // A letter, digit or Chinese character in front leaves no doubt; blanks and escapes may come to nothing.
        return char.IsAsciiLetterOrDigit((char)value[0]) || value[0] is >= 0xE4 and <= 0xE9 || !string.IsNullOrWhiteSpace(Text(field, repetition, component, subcomponent))
            ? SourcePresence.Valued
            : SourcePresence.Absent;
    }

    /// <summary>UTF-8 as sent, escapes not resolved; empty when absent.</summary>
    internal ReadOnlySpan<byte> Value(int field, int repetition, int component, int subcomponent)
    {
        var value = FieldBytes(field);
        if (value.IsEmpty || repetition < 1 || component < 0 || subcomponent < 0)
        {
            return default;
        }

        if (IsLiteral(field))
        {
            return repetition == 1 && component <= 1 && subcomponent <= 1 ? value : default;
        }

        return value.Length < WideFieldBytes
            ? Hl7Value.Part(value, repetition, component, subcomponent, _dialect.Delimiters)
            : Hl7Value.Part(WideRepetition(field, value, repetition), component, subcomponent, _dialect.Delimiters);
    }

    /// <summary>Adds a Warning for each field that holds a sequence which <see cref="Text"/> leaves as it is.</summary>
    internal void ReportUnknownEscapes(ref Hl7IssueCollector issues)
    {
        if (!Bytes.Contains(_dialect.Delimiters.Escape))
        {
            return;
        }

        for (var field = IsHeader ? 3 : 1; field <= FieldCount; field++)
        {
            if (HasUnknownEscape(FieldBytes(field)))
            {
                issues.Add(MessageIssue.Warning(
                    IntegrationErrorCode.UnknownEscape, new Hl7Path(Name, Ordinal, field, 1, 0, 0).ToString(),
                    "An escape sequence is not known or not closed; it was kept as sent. The sender should write the escape character itself as \\E\\."));
            }
        }
    }

    /// <summary>The line as a person reads it: escapes as sent, a reference in place of each attachment.</summary>
    internal string Display() => _attachments is null ? Encoding.UTF8.GetString(Bytes) : LongText(Bytes);

    /// <summary>A value that is or holds attachments, with a reference in place of each.</summary>
    private string LongText(ReadOnlySpan<byte> value)
    {
        _ = Bytes.Overlaps(value, out var start);
        var end = start + value.Length;
        var text = new StringBuilder();
        foreach (var attachment in _attachments!)
        {
            if (attachment.Offset >= start && attachment.Offset + attachment.Length <= end)
            {
                text.Append(Encoding.UTF8.GetString(Bytes[start..attachment.Offset])).Append(attachment.Reference);
                start = attachment.Offset + attachment.Length;
            }
        }

        return text.Append(Encoding.UTF8.GetString(Bytes[start..end])).ToString();
    }

    private bool HasUnknownEscape(ReadOnlySpan<byte> value)
    {
        while (Hl7EscapeSequences.TryNext(value, _dialect.Delimiters, out var start, out var length))
        {
            if (!Hl7EscapeSequences.IsKnown(value.Slice(start, length), _dialect.Delimiters, _dialect.Charset))
            {
                return true;
            }

            value = value[(start + length)..];
        }

        return false;
    }

    /// <summary>MSH-1 and MSH-2 hold the delimiters themselves and are never split.</summary>
    private bool IsLiteral(int field) => field <= 2 && IsHeader;

    private ReadOnlySpan<byte> FieldBytes(int field)
    {
        var separators = Separators();
        if (IsHeader)
        {
            if (field == 1)
            {
                return Bytes.Slice(3, Math.Min(1, Bytes.Length - 3));
            }

            field--;
        }

        return field < 1 || field >= separators.Length
            ? default
            : Bytes[(separators[field - 1] + 1)..separators[field]];
    }

    /// <summary>Offsets of the field separators, then the length of the segment: field n lies between entry n-1 and entry n.</summary>
    private int[] Separators() => _separators ?? FindSeparators();

    private int[] FindSeparators()
    {
        var bytes = Bytes;
        var separator = _dialect.Delimiters.Field;
        var first = Key == 0 ? 1 : 0;
        var found = new int[bytes.Count(separator) + 1 + first];
        if (Key == 0)
        {
            found[0] = -1;
        }

        Hl7Scanner.FindAll(bytes, separator, found.AsSpan(first));
        found[^1] = bytes.Length;
        _separators = found;
        return found;
    }

    private ReadOnlySpan<byte> WideRepetition(int field, ReadOnlySpan<byte> value, int repetition)
    {
        if (_wideFields is not { } wide || !wide.TryGetValue(field, out var ends))
        {
            ends = new int[value.Count(_dialect.Delimiters.Repetition) + 1];
            Hl7Scanner.FindAll(value, _dialect.Delimiters.Repetition, ends);
            ends[^1] = value.Length;

            // Copied, never changed: other threads may be reading the one before.
            _wideFields = new(_wideFields ?? []) { [field] = ends };
        }

        return repetition > ends.Length ? default : value[(repetition == 1 ? 0 : ends[repetition - 2] + 1)..ends[repetition - 1]];
    }
}
