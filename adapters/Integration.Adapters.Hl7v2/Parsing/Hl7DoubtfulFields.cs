using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Integration.Adapters.Shared.Text;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Leaves out the fields whose text is in doubt, for feeds that take a message with a wrong character set nevertheless: what remains is
/// right, and what is left out counts as not sent. The raw bytes keep everything.
/// </summary>
internal static class Hl7DoubtfulFields
{
    /// <summary>The message without them, with a Warning for each.</summary>
    /// <param name="bytes">UTF-8, or bytes that no character set fits.</param>
    /// <param name="trusted">A field that is valid in it stays; null: only ASCII does.</param>
    /// <param name="skipDoubleBytes">Second bytes of double-byte characters are no delimiters.</param>
    public static byte[] LeaveOut(
        ReadOnlyMemory<byte> bytes, in Hl7Delimiters delimiters, SourceCharset? trusted, bool skipDoubleBytes, ref Hl7IssueCollector issues)
    {
        var output = new ArrayBufferWriter<byte>(bytes.Length);
        var ordinals = new Dictionary<int, int>();
        var span = bytes.Span;
        var (start, field, key) = (0, 0, 0);
        for (var at = 0; at <= span.Length;)
        {
            var isEnd = at == span.Length || span[at] is (byte)'\r' or (byte)'\n';
            if (!isEnd && span[at] != delimiters.Field)
            {
                at += skipDoubleBytes ? DoubleBytes.LengthAt(span, at) : 1;
                continue;
            }

            at = Math.Min(at, span.Length);
            var value = bytes[start..at];
            if (field == 0)
            {
                key = value.Length == 3 && Hl7SegmentName.IsValid(value.Span) ? Hl7SegmentName.KeyOf(value.Span) : 0;
                CollectionsMarshal.GetValueRefOrAddDefault(ordinals, key, out _)++;
            }

            if (Ascii.IsValid(value.Span))
            {
                output.Write(value.Span);
            }
            else if (trusted is not null && trusted.TryDecode(value, out var decoded, out _))
            {
                output.Write(decoded.Span);
            }
            else
            {
                issues.Add(LeftOut(key, ordinals[key], field));
            }

            if (at < span.Length)
            {
                output.Write(span.Slice(at, 1));
            }

            field = isEnd ? 0 : field + 1;
            start = ++at;
        }

        return output.WrittenSpan.ToArray();
    }

    private static MessageIssue LeftOut(int key, int ordinal, int field)
    {
        var name = key == 0 ? Hl7SegmentName.Invalid : Hl7SegmentName.ToText(key);
        var number = key == 0 || Hl7SegmentName.IsHeader(key) ? field + 1 : field;
        return MessageIssue.Warning(
            IntegrationErrorCode.CharsetMismatch, new Hl7Path(name, ordinal, number, 1, 0, 0).ToString(),
            "The character set of this field is in doubt; it was left out and counts as not sent. The raw bytes keep it.");
    }
}
