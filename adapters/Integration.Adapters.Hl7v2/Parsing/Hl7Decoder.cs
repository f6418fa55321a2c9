using System.Text;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Chooses the character set of a message and turns its bytes into UTF-8. Runs before anything is split at a delimiter, since
/// the second byte of a GBK character can be the byte of <c>|</c>, <c>^</c>, <c>~</c> or <c>\</c>. Nothing is ever replaced.
/// </summary>
internal static class Hl7Decoder
{
    /// <summary>Decodes a whole message or one segment of it.</summary>
    /// <param name="bytes">Body of the envelope, or one line of it.</param>
    /// <param name="feed">Name of the feed, for the advice in the issue.</param>
    /// <param name="charset">What the bytes were read as.</param>
    /// <returns>UTF-8; null when they cannot or may not be read, with an Error in <paramref name="issues"/>.</returns>
    public static ReadOnlyMemory<byte>? Decode(
        ReadOnlyMemory<byte> bytes, in Hl7Envelope envelope, string feed, Hl7ReadingOptions options, ref Hl7IssueCollector issues,
        out SourceCharset charset)
    {
        if (envelope.Proven is { Family: CharsetFamily.Wide } wide)
        {
            charset = wide;
            return bytes;
        }

        charset = Choose(envelope, options, bytes.Span, feed, ref issues);
        if (charset.Family != CharsetFamily.Stateful && SwitchesSets(bytes.Span))
        {
            issues.Add(new(
                IntegrationErrorCode.CharsetMismatch, IssueSeverity.Warning, "MSH-18",
                $"The text switches to another character set by escape codes (ISO 2022), as a further repetition of MSH-18 may announce; it was read as {charset} and what was switched stands as sent. "
                + "Have the sender use one character set, UNICODE UTF-8 or GB 18030-2000."));
        }

        if (charset.IsPlain(bytes.Span) || (charset.Family == CharsetFamily.Wide && Ascii.IsValid(bytes.Span)))
        {
            return bytes;
        }

        var found = options.Charset is null ? CharsetDetector.Contradiction(charset, bytes.Span) : null;
        var invalidAt = 0;
        ReadOnlyMemory<byte> utf8 = default;
        if (found is null && charset.TryDecode(bytes, out utf8, out invalidAt))
        {
            return utf8;
        }

        var declared = charset;
        if (found is null || !found.TryDecode(bytes, out utf8, out _))
        {
            found = FirstThatFits(declared, bytes, out utf8);
        }

        charset = found ?? declared;
        return Settle(bytes, utf8, declared, found, invalidAt, envelope, feed, options, ref issues);
    }

    /// <summary>What the feed's policy makes of bytes that are not what they should be.</summary>
    /// <param name="utf8">The message read as <paramref name="found"/>.</param>
    /// <param name="found">Null when no character set fits.</param>
    private static ReadOnlyMemory<byte>? Settle(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> utf8, SourceCharset declared, SourceCharset? found, int invalidAt, in Hl7Envelope envelope,
        string feed, Hl7ReadingOptions options, ref Hl7IssueCollector issues)
    {
        var policy = options.CharsetMismatch;
        var readable = policy == Hl7CharsetMismatch.Flag || (policy == Hl7CharsetMismatch.Repair && found is not null);

        // Bytes that are valid by chance are doubtful from the first that is not ASCII.
        var doubtfulAt = invalidAt > 0 ? invalidAt : bytes.Span.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        var place = doubtfulAt > 0 ? PlaceOf(bytes.Span, doubtfulAt, envelope.Delimiters) : "";
        var bytesAre = options.Charset is not null ? $"The bytes are not the {declared} that Feeds:{feed}:Charset names"
            : envelope.DeclaredCharset.IsEmpty ? $"MSH-18 is empty and the bytes are not {declared}"
            : $"The bytes are not the {declared} that MSH-18 declares";
        var text = (found, policy) switch
        {
            (null, _) => $"{bytesAre}, and fit no other character set that was tried. Ask the sender, or set Feeds:{feed}:Charset.",
            (_, Hl7CharsetMismatch.Repair) =>
                $"{bytesAre}; they were read as {found}. Have MSH-18 corrected, or set Feeds:{feed}:Charset to {found}.",
            _ => $"{bytesAre}; they look like {found}. Have MSH-18 corrected, or set Feeds:{feed}:Charset to {found}.",
        };
        issues.Add(new(IntegrationErrorCode.CharsetMismatch, readable ? IssueSeverity.Warning : IssueSeverity.Error, place, text));
        if (!readable)
        {
            return null;
        }

        return policy == Hl7CharsetMismatch.Repair ? utf8
            : found is not null ? Hl7DoubtfulFields.LeaveOut(utf8, envelope.Delimiters, trusted: null, skipDoubleBytes: false, ref issues)
            : Hl7DoubtfulFields.LeaveOut(bytes, envelope.Delimiters, declared, declared.Family == CharsetFamily.DoubleByte, ref issues);
    }

    private static SourceCharset Choose(
        in Hl7Envelope envelope, Hl7ReadingOptions options, ReadOnlySpan<byte> bytes, string feed, ref Hl7IssueCollector issues)
    {
        if (options.Charset is { } forced)
        {
            return forced;
        }

        if (envelope.Proven is { } proven)
        {
            return proven;
        }

        var label = envelope.DeclaredCharset.Span;
        if (label.IsEmpty)
        {
            return options.DefaultCharset ?? SourceCharset.Utf8;
        }

        if (options.CharsetAliases.Find(label) is { } known)
        {
            return known;
        }

        // ASCII, valid UTF-8 or a default leaves no doubt about what was meant; anything else would be a guess about patient data.
        var isSafe = System.Text.Unicode.Utf8.IsValid(bytes) || options.DefaultCharset is not null || options.CharsetMismatch == Hl7CharsetMismatch.Flag;
        issues.Add(new(
            IntegrationErrorCode.CharsetUnknown, isSafe ? IssueSeverity.Warning : IssueSeverity.Error, "MSH-18",
            $"MSH-18 says {Hl7DeclaredCharset.Show(label)}, which is no character set that is known. Say what it means by Feeds:{feed}:CharsetAliases, "
            + $"or set Feeds:{feed}:Charset to one of {string.Join(", ", Hl7CharsetAliases.KnownNames)}."));
        return options.DefaultCharset ?? SourceCharset.Utf8;
    }

    /// <summary>Whether a code of ISO/IEC 2022 designates another set: ESC and one of these signs. HL7 v2.5.1 §2.15.9.18 and §2.15.9.20 (ISO 2022-1994).</summary>
    private static bool SwitchesSets(ReadOnlySpan<byte> bytes)
    {
        for (var at = bytes.IndexOf((byte)0x1B); at >= 0 && at + 1 < bytes.Length;)
        {
            if ("$()*+-./"u8.Contains(bytes[at + 1]))
            {
                return true;
            }

            var next = bytes[(at + 1)..].IndexOf((byte)0x1B);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static SourceCharset? FirstThatFits(SourceCharset declared, ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> utf8)
    {
        foreach (var other in (ReadOnlySpan<SourceCharset>)[SourceCharset.Utf8, SourceCharset.Gb18030])
        {
            if (other != declared && other.TryDecode(bytes, out utf8, out _))
            {
                return other;
            }
        }

        utf8 = default;
        return null;
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
        for (var i = 0; i < segment.Length; i += DoubleBytes.LengthAt(segment, i))
        {
            fields += segment[i] == delimiters.Field ? 1 : 0;
        }

        return $"{Encoding.Latin1.GetString(segment[..3])}-{fields + (isHeader ? 1 : 0)}";
    }
}
