namespace Integration.Adapters.Hl7v2.Batches;

/// <summary>What a file or batch is made of, in the order it stands there. Closed set.</summary>
/// <param name="Offset">Where it begins: bytes from the begin of the file.</param>
internal abstract record Hl7BatchPart(long Offset)
{
    /// <summary>One message from its MSH on, in an array of its own; the line end behind it left out, those inside as they came.</summary>
    public sealed record Message(byte[] Bytes, long Offset) : Hl7BatchPart(Offset);

    /// <summary>A message longer than allowed.</summary>
    /// <param name="Beginning">Enough of it to read its header.</param>
    /// <param name="Length">Its whole length in bytes.</param>
    public sealed record TooLong(byte[] Beginning, long Offset, long Length) : Hl7BatchPart(Offset);

    /// <summary>Text that belongs to no message: before the first MSH, or behind a segment that closes a batch.</summary>
    /// <param name="Beginning">All of it up to <see cref="Hl7BatchSplitter.MaxStrayBytes"/>.</param>
    /// <param name="Length">Its whole length in bytes.</param>
    public sealed record Stray(byte[] Beginning, long Offset, long Length) : Hl7BatchPart(Offset);

    /// <summary>A segment around the messages.</summary>
    public sealed record Envelope(Hl7BatchSegment Segment, long Offset) : Hl7BatchPart(Offset);
}
