using System.IO.Compression;
using System.Text.Json.Serialization;
using Integration.Core.Storage;

namespace Integration.Core.Retention;

/// <summary>Where the raw bytes of a message lie once they are compressed together with others.</summary>
/// <param name="Block">Id in <c>rawBlocks</c>.</param>
/// <param name="Offset">First byte in the block as it was before it was compressed.</param>
public sealed record RawPlace(string Block, int Offset);

/// <summary>
/// A document of <c>rawBlocks</c>: the raw bytes of neighbouring messages of one feed, compressed as one (Brotli, RFC 7932). HL7 messages of one sender
/// are much alike: together they take a fifth of what each would take compressed alone.
/// </summary>
public sealed record RawBlock
{
    private const int Quality = 5;
    private const int Window = 20;

    /// <summary>Time-ordered UUID (version 7), 32 hex digits.</summary>
    public required string Id { get; init; }

    public required string Feed { get; init; }

    /// <summary>Messages whose bytes are read from it; with the last one it goes.</summary>
    public required int Messages { get; init; }

    /// <summary>Length before it was compressed.</summary>
    public required int Bytes { get; init; }

    /// <summary>Compressed. Empty unless read with payload.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Compresses the pieces one behind another.</summary>
    public static RawBlock Of(string feed, IReadOnlyList<ReadOnlyMemory<byte>> pieces, DateTimeOffset now)
    {
        var whole = new byte[pieces.Sum(piece => piece.Length)];
        var at = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(whole.AsMemory(at));
            at += piece.Length;
        }

        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(whole.Length)];
        return BrotliEncoder.TryCompress(whole, compressed, out var length, Quality, Window)
            ? new RawBlock { Id = Guid.CreateVersion7(now).ToString("N"), Feed = feed, Messages = pieces.Count, Bytes = whole.Length, Content = compressed.AsMemory(0, length) }
            : throw new InvalidOperationException("Brotli needs more room than it says.");
    }

    /// <summary>One message's bytes out of its block.</summary>
    /// <exception cref="InvalidDataException">The block is missing or damaged.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(IDocumentStore store, RawPlace place, int length, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(Collections.RawBlocks, place.Block, withPayload: true, cancellationToken) is not { } stored)
        {
            throw new InvalidDataException($"Block {place.Block} of raw bytes is missing.");
        }

        var whole = new byte[Collections.RawBlocks.Read(stored).Bytes];
        return BrotliDecoder.TryDecompress(stored.Payload.Span, whole, out var written) && written == whole.Length && place.Offset + length <= written
            ? whole.AsMemory(place.Offset, length)
            : throw new InvalidDataException($"Block {place.Block} of raw bytes is damaged.");
    }
}
