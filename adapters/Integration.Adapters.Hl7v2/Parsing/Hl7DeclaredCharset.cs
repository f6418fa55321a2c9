using System.Text;
using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Reads MSH-18 out of bytes that are not decoded yet. HL7 v2.5.1 §2.15.9.18.</summary>
internal static class Hl7DeclaredCharset
{
    private const int MaxShown = 24;

    /// <summary>The first repetition as sent, without blanks around it; empty when it is not there.</summary>
    /// <param name="header">The MSH segment as received.</param>
    /// <param name="aliases">To tell which of two readings is a label, where a facility's name hides a separator.</param>
    public static ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> header, in Hl7Delimiters delimiters, Hl7CharsetAliases aliases)
    {
        var plain = ReadPlain(header.Span, delimiters);
        if (System.Text.Unicode.Utf8.IsValid(header.Span))
        {
            return header[plain];
        }

        // MSH-3 to MSH-6 may hold double-byte characters that end in the separator's byte, or Latin letters that look like their first byte.
        var stepped = Piece(header.Span, delimiters.Field, 18);
        var first = Piece(header.Span[stepped], delimiters.Repetition, 1);
        var (offset, length) = first.GetOffsetAndLength(header[stepped].Length);
        var careful = header[stepped].Slice(offset, length);
        careful = careful[(careful.Length - careful.Span.TrimStart((byte)' ').Length)..];
        careful = careful[..careful.Span.TrimEnd((byte)' ').Length];
        return aliases.Find(careful.Span) is null && aliases.Find(header.Span[plain]) is not null ? header[plain] : careful;
    }

    /// <summary>The label for a message to the operator; a text that can be no label is not repeated.</summary>
    public static string Show(ReadOnlySpan<byte> label)
    {
        var isLabel = label.Length <= MaxShown;
        foreach (var value in label)
        {
            isLabel &= char.IsAsciiLetterOrDigit((char)value) || " -_/.:()".Contains((char)value);
        }

        return isLabel ? $"'{Encoding.ASCII.GetString(label)}'" : "a name";
    }

    private static Range ReadPlain(ReadOnlySpan<byte> header, in Hl7Delimiters delimiters)
    {
        // MSH-18 stands behind the seventeenth separator, since MSH-1 is the first one itself.
        var start = Hl7Scanner.IndexOfNth(header, delimiters.Field, 17) + 1;
        if (start == 0)
        {
            return ..0;
        }

        var end = header[start..].IndexOfAny(delimiters.Field, delimiters.Repetition);
        end = end < 0 ? header.Length : start + end;
        start += header[start..end].Length - header[start..end].TrimStart((byte)' ').Length;
        return start..(start + header[start..end].TrimEnd((byte)' ').Length);
    }

    private static Range Piece(ReadOnlySpan<byte> bytes, byte separator, int number)
    {
        var start = 0;
        for (var i = 0; i < bytes.Length; i += DoubleBytes.LengthAt(bytes, i))
        {
            if (bytes[i] != separator)
            {
                continue;
            }

            if (--number == 0)
            {
                return start..i;
            }

            start = i + 1;
        }

        return number == 1 ? start.. : ..0;
    }
}
