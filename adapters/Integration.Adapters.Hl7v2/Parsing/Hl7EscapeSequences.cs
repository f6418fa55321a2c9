using System.Buffers;
using System.Globalization;
using System.Text;
using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Escape sequences inside one field. HL7 v2.5.1 §2.7. Known: F S T R E (and P, v2.7), <c>Xdd..</c> in the message's character set,
/// the line commands <c>.br .ce .sp .spN</c> (line breaks) and <c>.skN</c> (spaces), switches to and from Japanese; <c>H N .in .ti .fi .nf</c> only style the text and vanish.
/// </summary>
public static class Hl7EscapeSequences
{
    private const int MaxRepeatedCharacters = 99;

    /// <summary>Decodes the sequences of one value.</summary>
    /// <param name="value">UTF-8 of a field, repetition, component or subcomponent as sent.</param>
    /// <param name="charset">What the bytes of an <c>X</c> sequence are.</param>
    /// <returns>The text; an unknown sequence is kept as sent.</returns>
    public static string Decode(ReadOnlySpan<byte> value, in Hl7Delimiters delimiters, SourceCharset charset)
    {
        if (!value.Contains(delimiters.Escape))
        {
            return Encoding.UTF8.GetString(value);
        }

        var output = new ArrayBufferWriter<byte>(value.Length);
        var inJapanese = false;
        while (TryNext(value, delimiters, out var start, out var length))
        {
            Write(value[..start], inJapanese, output);
            var sequence = value.Slice(start, length);
            if (SwitchOf(sequence) is { } toJapanese)
            {
                inJapanese = toJapanese;
            }
            else if (!TryDecodeSequence(sequence, delimiters, charset, output))
            {
                output.Write(sequence);
            }

            value = value[(start + length)..];
        }

        Write(value, inJapanese, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>
    /// Makes text safe to stand in a field: delimiters, line ends and other control characters but the tab become escape sequences. VT and
    /// FS would otherwise end the frame that carries the message.
    /// </summary>
    public static string Encode(string text, in Hl7Delimiters delimiters)
    {
        var escape = (char)delimiters.Escape;
        if (delimiters.Escape == Hl7Delimiters.None)
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            var name = NameOf(character, delimiters);
            _ = name is null ? output.Append(character) : output.Append(escape).Append(name).Append(escape);
        }

        return output.ToString();
    }

    /// <summary>Finds the next sequence: an escape character, and the text up to its partner before any delimiter.</summary>
    /// <param name="length">1 for an escape character without a partner, which stands for itself but should have been escaped.</param>
    internal static bool TryNext(ReadOnlySpan<byte> text, in Hl7Delimiters delimiters, out int start, out int length)
    {
        length = 0;
        start = text.IndexOf(delimiters.Escape);
        if (start < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> ends =
            [delimiters.Escape, delimiters.Field, delimiters.Component, delimiters.Repetition, delimiters.Subcomponent, (byte)'\r', (byte)'\n'];
        var end = text[(start + 1)..].IndexOfAny(ends);
        length = end >= 0 && text[start + 1 + end] == delimiters.Escape ? end + 2 : 1;
        return true;
    }

    /// <summary>Whether the sequence that <see cref="TryNext"/> found is one that <see cref="Decode"/> resolves.</summary>
    internal static bool IsKnown(ReadOnlySpan<byte> sequence, in Hl7Delimiters delimiters, SourceCharset charset) =>
        SwitchOf(sequence) is not null || TryDecodeSequence(sequence, delimiters, charset, output: null);

    /// <summary>
    /// The switches between character sets that can be followed (HL7 v2.5.1 §2.7.2): <c>C2842</c> and <c>C284A</c> back to Latin letters (false),
    /// <c>M2440</c> and <c>M2442</c> to JIS X 0208, two bytes a character (true). Null for any other sequence.
    /// </summary>
    private static bool? SwitchOf(ReadOnlySpan<byte> sequence)
    {
        if (sequence.Length != 7)
        {
            return null;
        }

        var body = sequence[1..^1];
        return body.SequenceEqual("C2842"u8) || body.SequenceEqual("C284A"u8) ? false
            : body.SequenceEqual("M2442"u8) || body.SequenceEqual("M2440"u8) ? true
            : null;
    }

    /// <summary>Text between two sequences; kept as sent when it is not of the set that it was switched to.</summary>
    private static void Write(ReadOnlySpan<byte> text, bool inJapanese, ArrayBufferWriter<byte> output)
    {
        if (inJapanese && SourceCharset.Iso2022Japanese.TryDecode((byte[])[0x1B, .. "$B"u8, .. text, 0x1B, .. "(B"u8], out var utf8, out _))
        {
            output.Write(utf8.Span);
            return;
        }

        output.Write(text);
    }

    private static bool TryDecodeSequence(
        ReadOnlySpan<byte> sequence, in Hl7Delimiters delimiters, SourceCharset charset, ArrayBufferWriter<byte>? output)
    {
        if (sequence.Length < 3)
        {
            return false;
        }

        var body = sequence[1..^1];
        if (body.Length == 1)
        {
            return TryDecodeLetter(body[0], delimiters, output);
        }

        return body[0] switch
        {
            (byte)'X' => TryDecodeHex(body[1..], charset, output),
            (byte)'.' => TryDecodeCommand(body[1..], output),
            _ => false,
        };
    }

    private static bool TryDecodeLetter(byte letter, in Hl7Delimiters delimiters, ArrayBufferWriter<byte>? output)
    {
        if (letter is (byte)'H' or (byte)'N')
        {
            return true;
        }

        var meaning = letter switch
        {
            (byte)'F' => delimiters.Field,
            (byte)'S' => delimiters.Component,
            (byte)'T' => delimiters.Subcomponent,
            (byte)'R' => delimiters.Repetition,
            (byte)'E' => delimiters.Escape,
            (byte)'P' => delimiters.Truncation,
            _ => Hl7Delimiters.None,
        };
        if (meaning == Hl7Delimiters.None)
        {
            return false;
        }

        output?.Write([meaning]);
        return true;
    }

    private static bool TryDecodeHex(ReadOnlySpan<byte> digits, SourceCharset charset, ArrayBufferWriter<byte>? output)
    {
        var bytes = new byte[digits.Length / 2];
        if (digits.Length % 2 != 0 || Convert.FromHexString(digits, bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        if (!charset.TryDecode(bytes, out var utf8, out _))
        {
            return false;
        }

        output?.Write(utf8.Span);
        return true;
    }

    private static bool TryDecodeCommand(ReadOnlySpan<byte> command, ArrayBufferWriter<byte>? output)
    {
        if (command.Length < 2)
        {
            return false;
        }

        var hasCount = int.TryParse(command[2..], NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (command.Length > 2 && (!hasCount || count > MaxRepeatedCharacters))
        {
            // Indents may be negative; as they only style the text their number does not matter.
            return command[..2] is [(byte)'i', (byte)'n'] or [(byte)'t', (byte)'i'] && int.TryParse(command[2..], out _);
        }

        var (known, character, repeat) = command[..2] switch
        {
            [(byte)'b', (byte)'r'] or [(byte)'c', (byte)'e'] => (!hasCount, (byte)'\n', 1),
            [(byte)'s', (byte)'p'] => (true, (byte)'\n', hasCount ? count : 1),
            [(byte)'s', (byte)'k'] => (hasCount, (byte)' ', count),
            [(byte)'f', (byte)'i'] or [(byte)'n', (byte)'f'] => (!hasCount, (byte)0, 0),
            [(byte)'i', (byte)'n'] or [(byte)'t', (byte)'i'] => (hasCount, (byte)0, 0),
            _ => (false, (byte)0, 0),
        };
        if (known && repeat > 0 && output is not null)
        {
            output.GetSpan(repeat)[..repeat].Fill(character);
            output.Advance(repeat);
        }

        return known;
    }

    private static string? NameOf(char character, in Hl7Delimiters delimiters) => character switch
    {
        '\r' => "X0D",
        '\n' => ".br",
        < ' ' and not '\t' => $"X{(int)character:X2}",
        > '\x7E' => null,
        _ when character == delimiters.Field => "F",
        _ when character == delimiters.Component => "S",
        _ when character == delimiters.Subcomponent => "T",
        _ when character == delimiters.Repetition => "R",
        _ when character == delimiters.Escape => "E",
        _ => null,
    };
}
