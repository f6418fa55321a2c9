using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>One write, checked and encoded on its caller's thread so that the writer thread need not.</summary>
/// <param name="Lists">Encoded lists in the order of <see cref="CollectionTable.Lists"/>; null for an empty list. Empty for a delete.</param>
internal sealed record PreparedWrite(DocumentWrite Write, CollectionTable Table, byte[]?[] Lists);

/// <summary>A batch that waits for the writer thread, and the promise its caller waits for.</summary>
internal sealed class PreparedBatch() : TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public required PreparedWrite[] Writes { get; init; }

    /// <summary>Bodies and payloads.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether a unique index could still refuse a write after earlier ones of the batch were carried out.</summary>
    public required bool NeedsSavepoint { get; init; }

    /// <summary>Work on the file itself, in place of writes; null for every batch of documents.</summary>
    public Action<Database>? Upkeep { get; init; }

    /// <exception cref="ArgumentException">The batch can never be stored: an unknown collection, a value of the wrong type, a document written twice, a bad id.</exception>
    public static PreparedBatch From(WriteBatch batch, CollectionTables tables)
    {
        WriteBatchRules.Check(batch);
        var writes = new PreparedWrite[batch.Writes.Count];
        var bytes = 0L;
        var needsSavepoint = false;
        for (var i = 0; i < writes.Length; i++)
        {
            var write = batch.Writes[i];
            var table = tables[write.Collection];
            writes[i] = new PreparedWrite(write, table, EncodedLists(write, table));
            bytes += write.Json.Length + (write.Payload?.Length ?? 0);
            needsSavepoint |= table.HasUniqueIndex;
        }

        return new PreparedBatch { Writes = writes, Bytes = bytes, NeedsSavepoint = needsSavepoint };
    }

    private static byte[]?[] EncodedLists(DocumentWrite write, CollectionTable table)
    {
        if (write.Values is not { } values || table.Lists.Count == 0)
        {
            return [];
        }

        var lists = new byte[]?[table.Lists.Count];
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = FieldValues.Encode(values[table.Lists[i].Index]);
        }

        return lists;
    }
}
