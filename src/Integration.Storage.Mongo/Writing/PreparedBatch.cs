using Integration.Core.Storage;
using Integration.Storage.Mongo.Schema;

namespace Integration.Storage.Mongo.Writing;

/// <summary>One write, checked and encoded on its caller's thread so that the writer thread need not.</summary>
/// <param name="Elements">See <see cref="DocumentEncoder.Encode"/>; empty for a delete.</param>
/// <param name="Absent">Names that the stored document must not have.</param>
internal sealed record PreparedWrite(DocumentWrite Write, CollectionLayout Layout, byte[] Elements, IReadOnlyList<string> Absent);

/// <summary>A batch that waits for the writer thread, and the promise its caller waits for.</summary>
internal sealed class PreparedBatch() : TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>MongoDB's limit of a document is 16 MiB; the rest is for what stands around the body.</summary>
    private const int MaxElementBytes = 15 << 20;

    public required PreparedWrite[] Writes { get; init; }

    /// <summary>Encoded bodies and payloads.</summary>
    public required long Bytes { get; init; }

    /// <exception cref="ArgumentException">The batch can never be stored.</exception>
    public static PreparedBatch From(WriteBatch batch, CollectionLayouts layouts)
    {
        WriteBatchRules.Check(batch);
        var writes = new PreparedWrite[batch.Writes.Count];
        var bytes = 0L;
        for (var i = 0; i < writes.Length; i++)
        {
            var write = batch.Writes[i];
            var layout = layouts[write.Collection];
            writes[i] = write.Values is null
                ? new PreparedWrite(write, layout, [], [])
                : new PreparedWrite(write, layout, DocumentEncoder.Encode(write.Collection, write.Values, write.Json.Span, out var absent), absent);
            if (writes[i].Elements.Length > MaxElementBytes)
            {
                throw new ArgumentException($"A document of {write.Collection.Name} has {writes[i].Elements.Length >> 20} MiB; MongoDB takes 16 MiB with everything.");
            }

            bytes += writes[i].Elements.Length + (write.Payload?.Length ?? 0);
        }

        return new PreparedBatch { Writes = writes, Bytes = bytes };
    }
}
