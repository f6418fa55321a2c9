using System.Text;

namespace Integration.Adapters.Hl7v2;

/// <summary>Takes a file apart into single messages, as an MLLP sender needs them.</summary>
public static class Hl7MessageFile
{
    private static ReadOnlySpan<byte> LineEnds => "\r\n"u8;

    /// <summary>
    /// A message goes from one line that begins with MSH to the next. Batch envelopes (FHS, BHS, BTS, FTS), a byte order mark, MLLP framing
    /// and anything before the first MSH are left out. Works on bytes of any character set that MSH-18 can declare.
    /// </summary>
    /// <param name="file">Content of the file.</param>
    /// <returns>Slices of <paramref name="file"/>; empty when it holds no message.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> file)
    {
        var messages = new List<ReadOnlyMemory<byte>>();
        var bytes = file.Span;
        var begin = -1;
        var at = 0;
        while (at < bytes.Length)
        {
            var length = bytes[at..].IndexOfAny(LineEnds);
            length = length < 0 ? bytes.Length - at : length;
            var line = bytes.Slice(at, length);
            var start = at + Prefix(line);
            line = bytes[start..(at + length)];
            if (line.StartsWith("MSH"u8) || IsBatchEnvelope(line))
            {
                AddMessage(at);
                begin = line.StartsWith("MSH"u8) ? start : -1;
            }

            at += length + 1;
        }

        AddMessage(bytes.Length);
        return messages;

        void AddMessage(int end)
        {
            if (begin >= 0)
            {
                messages.Add(file[begin..(begin + file.Span[begin..end].TrimEnd("\r\n\x1c"u8).Length)]);
            }
        }
    }

    /// <summary>Length of what may stand before a segment name: byte order mark, VT, or the FS of the message before.</summary>
    private static int Prefix(ReadOnlySpan<byte> line)
    {
        var rest = line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
        return line.Length - rest.TrimStart("\x0b\x1c "u8).Length;
    }

    private static bool IsBatchEnvelope(ReadOnlySpan<byte> line) =>
        line.StartsWith("FHS"u8) || line.StartsWith("BHS"u8) || line.StartsWith("BTS"u8) || line.StartsWith("FTS"u8);
}
