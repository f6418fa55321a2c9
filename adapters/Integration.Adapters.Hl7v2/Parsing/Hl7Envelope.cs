using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>What parser and header reader find out first, before any byte is decoded.</summary>
/// <param name="Body">From the M of MSH to the end; byte order mark and blank lines before it left out.</param>
internal readonly record struct Hl7Envelope(ReadOnlyMemory<byte> Body, Hl7Delimiters Delimiters, string DeclaredCharset)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The MSH segment.</summary>
    public ReadOnlyMemory<byte> Header => Body[..EndOfLine(Body.Span)];

    /// <returns>False when it is no HL7 v2 message, with an Error in <paramref name="issues"/>.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> raw, Hl7IssueCollector issues, out Hl7Envelope envelope)
    {
        envelope = default;
        var hasMark = raw.Span.StartsWith(ByteOrderMark);
        var body = hasMark ? raw[ByteOrderMark.Length..] : raw;
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
            // A byte order mark says UTF-8 before MSH-18 gets a say.
            var declared = hasMark ? Hl7Charset.Utf8.Name : Hl7Decoder.DeclaredCharset(bytes[..EndOfLine(bytes)], delimiters);
            envelope = new(body, delimiters, declared);
        }

        return isReadable;
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
