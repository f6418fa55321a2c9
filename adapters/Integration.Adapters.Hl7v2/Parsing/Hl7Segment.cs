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

    private readonly Hl7Text _text;
    private readonly int _start;
    private readonly int _length;
    private int[]? _separators;
    private volatile Dictionary<int, int[]>? _wideFields;

    internal Hl7Segment(Hl7Text text, int start, int length, int key, int ordinal)
    {
        _text = text;
        _start = start;
        _length = length;
        Key = key;
        Ordinal = ordinal;
        Name = key == 0 ? Hl7SegmentName.Invalid : Hl7SegmentName.ToText(key);
    }

    public string Name { get; }

    public int Ordinal { get; }

    /// <summary>0 when the line has no valid name.</summary>
    internal int Key { get; }

    /// <inheritdoc/>
    public int FieldCount => Separators().Length - (IsHeader ? 0 : 1);

    private bool IsHeader => Hl7SegmentName.IsHeader(Key);

    private ReadOnlySpan<byte> Bytes => _text.Utf8.Span.Slice(_start, _length);

    public int RepetitionCount(int field)
    {
        var value = FieldBytes(field);
        return value.IsEmpty ? 0 : IsLiteral(field) ? 1 : value.Count(_text.Delimiters.Repetition) + 1;
    }

    public int ComponentCount(int field, int repetition)
    {
        var value = Value(field, repetition, 0, 0);
        return value.IsEmpty ? 0 : IsLiteral(field) ? 1 : value.Count(_text.Delimiters.Component) + 1;
    }

    public string? Text(int field, int repetition, int component, int subcomponent)
    {
        var value = Value(field, repetition, component, subcomponent);
        if (value.IsEmpty)
        {
            return null;
        }

        if (value is [(byte)'"', (byte)'"'])
        {
            return "";
        }

        if (IsLiteral(field) || !value.Contains(_text.Delimiters.Escape))
        {
            return Encoding.UTF8.GetString(value);
        }

        var text = Hl7EscapeSequences.Decode(value, _text.Delimiters, _text.Charset);
        return text.Length == 0 ? null : text;
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

        value = value.Length < WideFieldBytes ? Piece(value, _text.Delimiters.Repetition, repetition) : WideRepetition(field, value, repetition);
        if (component > 0)
        {
            value = Piece(value, _text.Delimiters.Component, component);
            if (subcomponent > 0)
            {
                value = Piece(value, _text.Delimiters.Subcomponent, subcomponent);
            }
        }

        return value;
    }

    /// <summary>Adds a Warning for each field that holds a sequence which <see cref="Text"/> leaves as it is.</summary>
    internal void ReportUnknownEscapes(Hl7IssueCollector issues)
    {
        if (!Bytes.Contains(_text.Delimiters.Escape))
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

    private bool HasUnknownEscape(ReadOnlySpan<byte> value)
    {
        while (Hl7EscapeSequences.TryNext(value, _text.Delimiters, out var start, out var length))
        {
            if (!Hl7EscapeSequences.IsKnown(value.Slice(start, length), _text.Delimiters, _text.Charset))
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
                return Bytes.Slice(3, Math.Min(1, _length - 3));
            }

            field--;
        }

        return field < 1 || field >= separators.Length
            ? default
            : Bytes[(separators[field - 1] + 1)..separators[field]];
    }

    /// <summary>Offsets of the field separators, then the length of the segment: field n lies between entry n-1 and entry n.</summary>
    private int[] Separators()
    {
        if (_separators is { } known)
        {
            return known;
        }

        var bytes = Bytes;
        var separator = _text.Delimiters.Field;
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
            ends = new int[value.Count(_text.Delimiters.Repetition) + 1];
            Hl7Scanner.FindAll(value, _text.Delimiters.Repetition, ends);
            ends[^1] = value.Length;

            // Copied, never changed: other threads may be reading the one before.
            _wideFields = new(_wideFields ?? []) { [field] = ends };
        }

        return repetition > ends.Length ? default : value[(repetition == 1 ? 0 : ends[repetition - 2] + 1)..ends[repetition - 1]];
    }

    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> bytes, byte separator, int number)
    {
        while (true)
        {
            var end = bytes.IndexOf(separator);
            if (number == 1)
            {
                return end < 0 ? bytes : bytes[..end];
            }

            if (end < 0)
            {
                return default;
            }

            bytes = bytes[(end + 1)..];
            number--;
        }
    }
}
