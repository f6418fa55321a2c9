using System.Buffers;

namespace Integration.Benchmarks;

/// <summary>
/// The yardstick of the parser: notes the offset of every delimiter and line end of a message, as one writes it by hand with spans, and
/// knows nothing of HL7 beyond that.
/// </summary>
internal static class SpanSplitter
{
    private static readonly SearchValues<byte> Delimiters = SearchValues.Create("|^~\\&\r"u8);

    /// <returns>How many there are.</returns>
    /// <param name="offsets">Room for all of them.</param>
    public static int Split(ReadOnlySpan<byte> message, Span<int> offsets)
    {
        var count = 0;
        for (var at = 0; message[at..].IndexOfAny(Delimiters) is >= 0 and var next; at += next + 1)
        {
            offsets[count++] = at + next;
        }

        return count;
    }
}
