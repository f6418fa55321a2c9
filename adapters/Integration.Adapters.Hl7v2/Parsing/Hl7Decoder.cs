using System.Text;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Chooses the character set of a message and turns its bytes into UTF-8. Runs before anything is split at a delimiter, since
/// the second byte of a GBK character can be the byte of <c>|</c>, <c>^</c>, <c>~</c> or <c>\</c>. Nothing is ever replaced.
/// </summary>
internal static class Hl7Decoder
{
    /// <summary>Decodes whole message or one segment of it.</summary>
    /// <param name="bytes">Starts at MSH, or is a later segment.</param>
    /// <param name="declared">What <see cref="DeclaredCharset"/> found in the header.</param>
    /// <param name="feed">Name of the feed, for the advice in the issue.</param>
    /// <param name="charset">What the bytes were read as.</param>
    /// <returns>UTF-8; null when they cannot be read, with an Error in <paramref name="issues"/>.</returns>
    public static ReadOnlyMemory<byte>? Decode(
        ReadOnlyMemory<byte> bytes, string declared, in Hl7Delimiters delimiters, string feed, Hl7ReadingOptions options,
        Hl7IssueCollector issues, out Hl7Charset charset)
    {
        var (first, isCertain) = Choose(declared, options, bytes.Span, feed, issues);
        charset = first;
        if (Ascii.IsValid(bytes.Span))
        {
            return bytes;
        }

        if (!isCertain && first == Hl7Charset.Gb18030 && LooksLikeUtf8(bytes.Span))
        {
            charset = Hl7Charset.Utf8;
            issues.Add(Mismatch(first, charset, "", declared, feed, options));
            return bytes;
        }

        if (first.TryDecode(bytes, out var utf8, out var invalidAt))
        {
            return utf8;
        }

        var place = PlaceOf(bytes.Span, invalidAt, delimiters);
        foreach (var other in Alternatives(first))
        {
            if (other.TryDecode(bytes, out utf8, out _))
            {
                charset = other;
                issues.Add(Mismatch(first, other, place, declared, feed, options));
                return utf8;
            }
        }

        issues.Add(MessageIssue.Error(
            IntegrationErrorCode.CharsetMismatch, place,
            $"The bytes are not valid {first} and fit no other character set that was tried. Ask the sender, or set Feeds:{feed}:Charset."));
        return null;
    }

    /// <summary>MSH-18, first repetition, as sent; empty when it is not there.</summary>
    /// <param name="header">The MSH segment as received.</param>
    public static string DeclaredCharset(ReadOnlySpan<byte> header, in Hl7Delimiters delimiters)
    {
        // MSH-18 is the eighteenth piece because MSH-1 is the separator itself. A facility name in MSH-4 may hold double-byte
        // characters that end in the separator's byte; valid UTF-8 cannot.
        var skipDoubleBytes = !System.Text.Unicode.Utf8.IsValid(header);
        var field = Piece(header, delimiters.Field, 18, skipDoubleBytes);
        return Encoding.Latin1.GetString(Piece(field, delimiters.Repetition, 1, skipDoubleBytes).Trim((byte)' '));
    }

    private static (Hl7Charset Charset, bool IsCertain) Choose(
        string declared, Hl7ReadingOptions options, ReadOnlySpan<byte> bytes, string feed, Hl7IssueCollector issues)
    {
        if (options.Charset is { } forced)
        {
            return (forced, true);
        }

        if (declared.Length == 0)
        {
            return (options.DefaultCharset ?? Hl7Charset.Utf8, options.DefaultCharset is not null);
        }

        if (Hl7Charset.Find(declared) is { } known)
        {
            return (known, false);
        }

        // ASCII or valid UTF-8 leaves no doubt about what was meant; anything else would be a guess about patient data.
        var severity = System.Text.Unicode.Utf8.IsValid(bytes) ? IssueSeverity.Warning : IssueSeverity.Error;
        issues.Add(new(
            IntegrationErrorCode.CharsetUnknown, severity, "MSH-18",
            $"MSH-18 names a character set that is not known. Set Feeds:{feed}:Charset to one of {string.Join(", ", Hl7Charset.KnownNames)}."));
        return (Hl7Charset.Utf8, true);
    }

    private static Hl7Charset[] Alternatives(Hl7Charset first) =>
        first == Hl7Charset.Gb18030 ? [Hl7Charset.Utf8]
        : first == Hl7Charset.Utf8 ? [Hl7Charset.Gb18030]
        : [Hl7Charset.Utf8, Hl7Charset.Gb18030];

    /// <summary>
    /// Most UTF-8 Chinese is also valid, but meaningless, GB18030. The other way round, real GB18030 is hardly ever valid UTF-8, and
    /// practically never with several three-byte sequences: these then outweigh what MSH-18 says.
    /// </summary>
    private static bool LooksLikeUtf8(ReadOnlySpan<byte> bytes)
    {
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        var twoByte = 0;
        var longer = 0;
        foreach (var value in bytes)
        {
            twoByte += value is >= 0xC2 and < 0xE0 ? 1 : 0;
            longer += value >= 0xE0 ? 1 : 0;
        }

        return longer >= 2 && longer > twoByte;
    }

    /// <summary>Segment and field of a byte, as far as bytes that do not decode allow to tell.</summary>
    private static string PlaceOf(ReadOnlySpan<byte> bytes, int index, in Hl7Delimiters delimiters)
    {
        var start = bytes[..index].LastIndexOfAny((byte)'\r', (byte)'\n') + 1;
        var segment = bytes[start..index];
        if (segment.Length < 3 || !Hl7SegmentName.IsValid(segment[..3]))
        {
            return "";
        }

        var isHeader = Hl7SegmentName.IsHeader(Hl7SegmentName.KeyOf(segment));
        var fields = 0;
        for (var i = 0; i < segment.Length; i += CharacterLength(segment, i))
        {
            fields += segment[i] == delimiters.Field ? 1 : 0;
        }

        return $"{Encoding.Latin1.GetString(segment[..3])}-{fields + (isHeader ? 1 : 0)}";
    }

    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> bytes, byte separator, int number, bool skipDoubleBytes)
    {
        var start = 0;
        for (var i = 0; i < bytes.Length; i += skipDoubleBytes ? CharacterLength(bytes, i) : 1)
        {
            if (bytes[i] != separator)
            {
                continue;
            }

            if (--number == 0)
            {
                return bytes[start..i];
            }

            start = i + 1;
        }

        return number == 1 ? bytes[start..] : default;
    }

    /// <summary>How many bytes the GB18030 character at <paramref name="index"/> takes: 1, 2 or 4.</summary>
    private static int CharacterLength(ReadOnlySpan<byte> bytes, int index)
    {
        if (bytes[index] is < 0x81 or > 0xFE || index + 1 >= bytes.Length)
        {
            return 1;
        }

        return bytes[index + 1] switch
        {
            >= 0x30 and <= 0x39 => 4,
            >= 0x40 and not 0x7F => 2,
            _ => 1,
        };
    }

    private static MessageIssue Mismatch(
        Hl7Charset expected, Hl7Charset found, string place, string declared, string feed, Hl7ReadingOptions options)
    {
        var text = options.Charset is not null ? $"The bytes are not the {expected} that Feeds:{feed}:Charset names"
            : declared.Length == 0 ? $"MSH-18 is empty and the bytes are not {expected}"
            : $"The bytes are not the {expected} that MSH-18 declares";
        return MessageIssue.Warning(
            IntegrationErrorCode.CharsetMismatch, place,
            $"{text}; they were read as {found}. Have MSH-18 corrected, or set Feeds:{feed}:Charset to {found}.");
    }
}
