using System.Buffers;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>Cuts a message into lines, one a segment. HL7 v2.5.1 §2.5.2.</summary>
internal static class Hl7Lines
{
    private const int UsualLines = 128;

    /// <summary>Where each line that is not blank begins; the bitwise complement where it does not begin with a segment name.</summary>
    /// <param name="utf8">Begins at MSH.</param>
    /// <param name="separator">The field separator.</param>
    public static int[] Split(ReadOnlySpan<byte> utf8, byte separator, ref Hl7IssueCollector issues)
    {
        Span<int> starts = stackalloc int[UsualLines];
        int[]? rented = null;
        var count = 0;
        var headers = 0;
        var nameless = 0;
        for (var at = 0; at < utf8.Length;)
        {
            var length = utf8[at..].IndexOfAny((byte)'\r', (byte)'\n');
            var line = length < 0 ? utf8[at..] : utf8.Slice(at, length);
            if (!line.IsEmpty && !IsBlank(line))
            {
                if (count == starts.Length)
                {
                    Grow(ref rented, ref starts);
                }

                var key = KeyOf(line, separator);
                starts[count++] = key == 0 ? ~at : at;
                if (key == 0)
                {
                    issues.Add(Nameless(++nameless, count));
                }
                else if (key == Hl7SegmentName.Msh && ++headers == 2)
                {
                    issues.Add(MessageIssue.Error(
                        IntegrationErrorCode.NotHl7, "MSH[2]", "It holds more than one message. Send each in a frame of its own."));
                }
            }

            at += line.Length + 1;
        }

        var found = starts[..count].ToArray();
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }

        return found;
    }

    /// <summary>The line that begins at <paramref name="start"/>.</summary>
    /// <param name="next">Where the next one begins, or the end of the message.</param>
    public static int LengthOf(ReadOnlySpan<byte> utf8, int start, int next)
    {
        // Usually nothing but its end lies between two lines; a blank line there is found from the front.
        var line = utf8[start..next].TrimEnd("\r\n"u8);
        if (line is [.., <= (byte)' '])
        {
            var end = line.IndexOfAny((byte)'\r', (byte)'\n');
            return end < 0 ? line.Length : end;
        }

        return line.Length;
    }

    /// <summary>0 when the line does not begin with a segment name.</summary>
    private static int KeyOf(ReadOnlySpan<byte> line, byte separator) =>
        line.Length >= 3 && (line.Length == 3 || line[3] == separator) && Hl7SegmentName.IsValid(line[..3]) ? Hl7SegmentName.KeyOf(line) : 0;

    private static bool IsBlank(ReadOnlySpan<byte> line) => line[0] <= ' ' && line.Trim("\t "u8).IsEmpty;

    private static MessageIssue Nameless(int ordinal, int line) => MessageIssue.Warning(
        IntegrationErrorCode.SegmentNameInvalid, $"{Hl7SegmentName.Invalid}[{ordinal}]",
        $"Line {line} does not begin with a segment name. Perhaps a text of the line before it holds a line break, which must be sent as \\.br\\.");

    private static void Grow(ref int[]? rented, ref Span<int> starts)
    {
        var larger = ArrayPool<int>.Shared.Rent(starts.Length * 2);
        starts.CopyTo(larger);
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }

        rented = larger;
        starts = larger;
    }
}
