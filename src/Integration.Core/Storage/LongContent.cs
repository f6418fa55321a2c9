using System.Globalization;

namespace Integration.Core.Storage;

/// <summary>One part of bytes that are too long for one document; its bytes are the payload.</summary>
/// <param name="Id"><c>content/number</c>, the content named by the SHA-256 of all its bytes, parts numbered from 0.</param>
public sealed record ContentPart(string Id)
{
    /// <summary>Empty unless it is being written.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ReadOnlyMemory<byte> Bytes { get; init; }
}

/// <summary>
/// Bytes of more than a megabyte, kept in parts: no engine then has to hold them in one piece (MongoDB takes 16 MB a document), and the same
/// content is kept once, whoever refers to it. Writing parts again changes nothing.
/// </summary>
public static class LongContent
{
    /// <summary>Length of each part but the last.</summary>
    public const int PartBytes = 1024 * 1024;

    private const int PartsABatch = 4;

    /// <summary>Bytes that one commit writes: larger ones would keep other senders waiting for theirs, and be held in memory by the store.</summary>
    public const int BatchBytes = PartsABatch * PartBytes;

    /// <summary>Whether so many bytes are kept in parts.</summary>
    public static bool IsLong(long length) => length > PartBytes;

    /// <summary>
    /// Keeps the content, some parts a commit. Parts that stay behind when the process dies in between do no harm: the same content
    /// has the same parts whenever it comes again.
    /// </summary>
    /// <param name="contentId">SHA-256 of all of it in hex.</param>
    /// <param name="content">Pieces of <see cref="BatchBytes"/>, the last one shorter; each may be overwritten when the next is asked for.</param>
    public static async ValueTask WriteAsync(
        IDocumentStore store, string contentId, IEnumerable<ReadOnlyMemory<byte>> content, CommitPriority priority, CancellationToken cancellationToken)
    {
        var number = 0;
        foreach (var piece in content)
        {
            var batch = new WriteBatch();
            for (var start = 0; start < piece.Length; start += PartBytes)
            {
                var part = new ContentPart(IdOf(contentId, number++)) { Bytes = piece.Slice(start, Math.Min(PartBytes, piece.Length - start)) };
                batch.Add(Collections.ContentParts.Put(part, expectedVersion: null, withPayload: true));
            }

            await store.CommitAsync(batch, priority, cancellationToken);
        }
    }

    /// <summary>Pieces for <see cref="WriteAsync"/> of content that is in memory.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> PiecesOf(ReadOnlyMemory<byte> content)
    {
        for (var start = 0; start < content.Length; start += BatchBytes)
        {
            yield return content.Slice(start, Math.Min(BatchBytes, content.Length - start));
        }
    }

    /// <summary>The parts in order, read one by one.</summary>
    /// <param name="length">Of all parts together.</param>
    /// <exception cref="InvalidDataException">A part is missing.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadPartsAsync(
        IDocumentStore store, string contentId, long length,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; number * (long)PartBytes < length; number++)
        {
            var stored = await store.GetAsync(Collections.ContentParts, IdOf(contentId, number), withPayload: true, cancellationToken);
            yield return stored?.Payload ?? throw new InvalidDataException($"Part {number} of content {contentId} is missing.");
        }
    }

    /// <summary>All of it in one piece.</summary>
    /// <exception cref="InvalidDataException">A part is missing.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(
        IDocumentStore store, string contentId, int length, CancellationToken cancellationToken)
    {
        var whole = GC.AllocateUninitializedArray<byte>(length);
        var at = 0;
        await foreach (var part in ReadPartsAsync(store, contentId, length, cancellationToken))
        {
            part.CopyTo(whole.AsMemory(at));
            at += part.Length;
        }

        return whole;
    }

    /// <summary>Ids of the parts of content of this length.</summary>
    public static IEnumerable<string> PartIds(string contentId, long length)
    {
        for (var number = 0; number * (long)PartBytes < length; number++)
        {
            yield return IdOf(contentId, number);
        }
    }

    private static string IdOf(string contentId, int number) => string.Create(CultureInfo.InvariantCulture, $"{contentId}/{number}");
}
