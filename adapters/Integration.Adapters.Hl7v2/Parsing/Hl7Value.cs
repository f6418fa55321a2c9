using System.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Takes one value out of the UTF-8 of a line, without keeping anything.</summary>
internal static class Hl7Value
{
    /// <summary>The field of a line; empty when absent.</summary>
    /// <param name="key">Of the line's segment name; 0 when it has none, then field 1 begins where the line begins.</param>
    public static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int key, int field, byte separator)
    {
        var before = field;
        if (key == 0 || Hl7SegmentName.IsHeader(key))
        {
            if (key != 0 && field == 1)
            {
                return line.Length > 3 ? line.Slice(3, 1) : default;
            }

            before--;
        }

        if (field < 1)
        {
            return default;
        }

        if (before > 0)
        {
            var start = Hl7Scanner.IndexOfNth(line, separator, before);
            if (start < 0)
            {
                return default;
            }

            line = line[(start + 1)..];
        }

        var end = line.IndexOf(separator);
        return end < 0 ? line : line[..end];
    }

    /// <summary>A part of a field; empty when absent.</summary>
    /// <param name="component">0: the whole repetition.</param>
    /// <param name="subcomponent">0: the whole component.</param>
    public static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> field, int repetition, int component, int subcomponent, scoped in Hl7Delimiters delimiters) =>
        repetition < 1 ? default : Part(Piece(field, delimiters.Repetition, repetition), component, subcomponent, delimiters);

    /// <summary>A part of a repetition; empty when absent.</summary>
    public static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> repetition, int component, int subcomponent, scoped in Hl7Delimiters delimiters)
    {
        if (component < 0 || subcomponent < 0)
        {
            return default;
        }

        if (component > 0)
        {
            repetition = Piece(repetition, delimiters.Component, component);
            if (subcomponent > 0)
            {
                repetition = Piece(repetition, delimiters.Subcomponent, subcomponent);
            }
        }

        return repetition;
    }

    /// <summary>The decoded text; null when absent, <c>""</c> for HL7 null.</summary>
    /// <param name="isLiteral">MSH-1 and MSH-2 hold the delimiters themselves and no escapes.</param>
    public static string? Text(ReadOnlySpan<byte> value, bool isLiteral, Hl7Dialect dialect)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        if (value is [(byte)'"', (byte)'"'])
        {
            return "";
        }

        if (isLiteral || !value.Contains(dialect.Delimiters.Escape))
        {
            return Decode(value);
        }

        var text = Hl7EscapeSequences.Decode(value, dialect.Delimiters, dialect.Charset);
        return text.Length == 0 ? null : text;
    }

    /// <summary>Most values are short: decoded at once, where GetString would first walk over them to count.</summary>
    private static string Decode(ReadOnlySpan<byte> value)
    {
        Span<char> text = stackalloc char[64];
        return value.Length > text.Length ? Encoding.UTF8.GetString(value) : text[..Encoding.UTF8.GetChars(value, text)].ToString();
    }

    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> bytes, byte separator, int number)
    {
        if (number > 1)
        {
            var start = Hl7Scanner.IndexOfNth(bytes, separator, number - 1);
            if (start < 0)
            {
                return default;
            }

            bytes = bytes[(start + 1)..];
        }

        var end = bytes.IndexOf(separator);
        return end < 0 ? bytes : bytes[..end];
    }
}
