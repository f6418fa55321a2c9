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

    /// <summary>Whether so many bytes are kept in parts.</summary>
    public static bool IsLong(long length) => length > PartBytes;

    /// <summary>The writes that keep <paramref name="content"/>.</summary>
    /// <param name="contentId">SHA-256 of the content in hex.</param>
    /// <param name="content">Slices of it are written; it must not change until the batch is committed.</param>
    public static void AddTo(WriteBatch batch, string contentId, ReadOnlyMemory<byte> content)
    {
        for (var number = 0; number * (long)PartBytes < content.Length; number++)
        {
            var start = number * PartBytes;
            batch.Add(Put(contentId, number, content.Slice(start, Math.Min(PartBytes, content.Length - start))));
        }
    }

    /// <summary>The write that keeps one part.</summary>
    public static DocumentWrite Put(string contentId, int number, ReadOnlyMemory<byte> bytes) =>
        Collections.ContentParts.Put(new ContentPart(IdOf(contentId, number)) { Bytes = bytes }, expectedVersion: null, withPayload: true);

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

    private static string IdOf(string contentId, int number) => string.Create(CultureInfo.InvariantCulture, $"{contentId}/{number}");
}
