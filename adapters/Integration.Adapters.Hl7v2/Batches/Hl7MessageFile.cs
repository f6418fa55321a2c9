
namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>Takes a file that is in memory apart, as a sender of files needs it.</summary>
public static class Hl7MessageFile
{
    /// <summary>
    /// A message goes from one line that begins with MSH to the next, to a segment around messages (FHS, BHS, BTS, FTS), or to an MLLP end
    /// byte. What belongs to no message is left out. Works on bytes of any character set that MSH-18 can declare.
    /// </summary>
    /// <param name="file">Content of the file.</param>
    /// <returns>The messages in their order; empty when it holds none.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> file) =>
        [.. Parts(file).OfType<Hl7BatchPart.Message>().Select(m => (ReadOnlyMemory<byte>)m.Bytes)];

    /// <summary>The messages, and the text that belongs to none: a receiver should say what it thinks of it.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> SplitWithText(ReadOnlyMemory<byte> file) =>
    [
        .. Parts(file).Select(p => p switch
        {
            Hl7BatchPart.Message message => message.Bytes,
            Hl7BatchPart.Stray stray => stray.Beginning,
            _ => null,
        }).Where(bytes => bytes is not null).Select(bytes => (ReadOnlyMemory<byte>)bytes),
    ];

    /// <summary>
    /// More than one message, or messages with segments around them: to be taken apart before anything else. One look at the bytes, so that
    /// every message that comes by MLLP or HTTP can be asked.
    /// </summary>
    internal static bool IsBatch(ReadOnlySpan<byte> bytes)
    {
        var begin = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        begin = begin.TrimStart("\r\n\t "u8);
        if (Hl7BatchSegment.KindOf(begin) is not null)
        {
            return true;
        }

        // A second MSH at the begin of a line. The name alone is searched for, which vector instructions do.
        var from = begin.StartsWith("MSH"u8) ? 3 : 0;
        while (begin[from..].IndexOf("MSH"u8) is >= 0 and var at)
        {
            from += at;
            var before = begin[..from].TrimEnd(" \x0b"u8);
            if (Hl7BatchSplitter.EndsSegmentName(begin[from..]) && before.Length > 0 && before[^1] is (byte)'\r' or (byte)'\n')
            {
                return true;
            }

            from += 3;
        }

        return false;
    }

    /// <summary>Every part of a file, the last one included.</summary>
    internal static IEnumerable<Hl7BatchPart> Parts(ReadOnlyMemory<byte> file)
    {
        var splitter = new Hl7BatchSplitter(int.MaxValue);
        while (true)
        {
            while (splitter.TryRead(out var part))
            {
                yield return part;
            }

            if (file.IsEmpty)
            {
                break;
            }

            var room = splitter.GetMemory();
            var count = Math.Min(room.Length, file.Length);
            file[..count].CopyTo(room);
            file = file[count..];
            splitter.Advance(count);
        }

        splitter.Complete();
        while (splitter.TryRead(out var part))
        {
            yield return part;
        }
    }
}
