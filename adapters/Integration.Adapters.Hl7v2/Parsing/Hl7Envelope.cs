using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>What parser and header reader find out first, before any byte is decoded.</summary>
/// <param name="Body">From the M of MSH to the end; byte order mark and blank lines before it left out.</param>
/// <param name="DeclaredCharset">First repetition of MSH-18; empty when it is blank.</param>
/// <param name="Proven">What the first bytes prove the message to be, whatever MSH-18 says; null when they prove nothing.</param>
internal readonly record struct Hl7Envelope(
    ReadOnlyMemory<byte> Body, Hl7Delimiters Delimiters, ReadOnlyMemory<byte> DeclaredCharset, SourceCharset? Proven)
{
    /// <summary>The MSH segment.</summary>
    public ReadOnlyMemory<byte> Header => Body[..EndOfLine(Body.Span)];

    /// <returns>False when it is no HL7 v2 message, with an Error in <paramref name="issues"/>.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> raw, Hl7CharsetAliases aliases, ref Hl7IssueCollector issues, out Hl7Envelope envelope)
    {
        envelope = default;
        if (!TryUnwrap(raw, out var body, out var proven))
        {
            issues.Add(MessageIssue.Error(
                IntegrationErrorCode.CharsetMismatch, "", $"The bytes begin as {proven} and are not valid {proven}. Ask the sender."));
            return false;
        }

        body = body[(body.Length - body.Span.TrimStart("\r\n\t "u8).Length)..];
        var bytes = body.Span;
        var key = bytes.Length < 3 ? 0 : Hl7SegmentName.KeyOf(bytes);
        if (key != Hl7SegmentName.Msh)
        {
            issues.Add(MessageIssue.Error(IntegrationErrorCode.NotHl7, "", Refusal(bytes.Length, key)));
            return false;
        }

        var isReadable = Hl7Delimiters.TryRead(bytes, out var delimiters, out var issue);
        issues.Add(issue);
        if (isReadable)
        {
            envelope = new(body, delimiters, Hl7DeclaredCharset.Read(body[..EndOfLine(bytes)], delimiters, aliases), proven);
        }

        return isReadable;
    }

    /// <summary>Takes off a byte order mark, and turns UTF-16 and UTF-32 into UTF-8, as MSH cannot be found in them otherwise.</summary>
    private static bool TryUnwrap(ReadOnlyMemory<byte> raw, out ReadOnlyMemory<byte> body, out SourceCharset? proven)
    {
        body = raw;
        (proven, var mark) = raw.Span switch
        {
            [(byte)'M', (byte)'S', ..] => (null, 0),
            [0xEF, 0xBB, 0xBF, ..] => (SourceCharset.Utf8, 3),
            [0xFF, 0xFE, 0, 0, ..] => (SourceCharset.Utf32, 4),
            [0, 0, 0xFE, 0xFF, ..] => (SourceCharset.Utf32BigEndian, 4),
            [0xFF, 0xFE, ..] => (SourceCharset.Utf16, 2),
            [0xFE, 0xFF, ..] => (SourceCharset.Utf16BigEndian, 2),
            [(byte)'M', 0, 0, 0, (byte)'S', ..] => (SourceCharset.Utf32, 0),
            [0, 0, 0, (byte)'M', 0, 0, 0, (byte)'S', ..] => (SourceCharset.Utf32BigEndian, 0),
            [(byte)'M', 0, (byte)'S', 0, ..] => (SourceCharset.Utf16, 0),
            [0, (byte)'M', 0, (byte)'S', ..] => (SourceCharset.Utf16BigEndian, 0),
            _ => ((SourceCharset?)null, 0),
        };
        return proven is null or { Family: CharsetFamily.Utf8 }
            ? (body = raw[mark..]).Length >= 0
            : proven.TryDecode(raw[mark..], out body, out _);
    }

    private static string Refusal(int length, int key) =>
        length == 0 ? "There is nothing in it."
        : Hl7SegmentName.IsBatchHeader(key) ? "It is a batch file (FHS or BHS). Send its messages one by one, each beginning with MSH."
        : "It does not begin with an MSH segment. Check that the sender speaks HL7 v2 with vertical bars, not XML.";

    private static int EndOfLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? bytes.Length : end;
    }
}
