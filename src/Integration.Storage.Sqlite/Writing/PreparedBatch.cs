using Integration.Core.Storage;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>One write, checked and encoded on its caller's thread so that the writer thread need not.</summary>
/// <param name="Lists">Encoded lists in the order of <see cref="CollectionTable.Lists"/>; null for an empty list. Empty for a delete.</param>
internal sealed record PreparedWrite(DocumentWrite Write, CollectionTable Table, byte[]?[] Lists);

/// <summary>A batch that waits for the writer thread, and the promise its caller waits for.</summary>
internal sealed class PreparedBatch() : TaskCompletionSource<CommitResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Longest id, in characters.</summary>
    private const int MaxIdLength = 200;

    public required PreparedWrite[] Writes { get; init; }

    /// <summary>Bodies and payloads.</summary>
    public required long Bytes { get; init; }

    /// <summary>Whether a unique index could still refuse a write after earlier ones of the batch were carried out.</summary>
    public required bool NeedsSavepoint { get; init; }

    /// <exception cref="ArgumentException">The batch can never be stored: an unknown collection, a value of the wrong type, a document written twice, a bad id.</exception>
    public static PreparedBatch From(WriteBatch batch, CollectionTables tables)
    {
        var writes = new PreparedWrite[batch.Writes.Count];
        var bytes = 0L;
        var needsSavepoint = false;
        for (var i = 0; i < writes.Length; i++)
        {
            var write = batch.Writes[i];
            var table = tables[write.Collection];
            writes[i] = new PreparedWrite(write, table, Check(write, table));
            bytes += write.Json.Length + (write.Payload?.Length ?? 0);
            needsSavepoint |= table.HasUniqueIndex;
        }

        RefuseRepeated(writes);
        return new PreparedBatch { Writes = writes, Bytes = bytes, NeedsSavepoint = needsSavepoint };
    }

    private static byte[]?[] Check(DocumentWrite write, CollectionTable table)
    {
        if (write.Id.Length is 0 or > MaxIdLength)
        {
            throw new ArgumentException($"An id of {table.Collection.Name} has {write.Id.Length} characters; 1 to {MaxIdLength} are allowed.");
        }

        if (write.Payload is not null && !table.Collection.HasPayload)
        {
            throw new ArgumentException($"Collection {table.Collection.Name} has no payload.");
        }

        if (write.Values is not { } values)
        {
            return [];
        }

        var fields = table.Collection.Fields;
        for (var i = 0; i < values.Length; i++)
        {
            FieldValues.Check(table.Collection, fields[i], values[i]);
        }

        if (table.Lists.Count == 0)
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

    private static void RefuseRepeated(PreparedWrite[] writes)
    {
        if (writes.Length < 2)
        {
            return;
        }

        var seen = new HashSet<(CollectionTable, string)>(writes.Length);
        foreach (var write in writes)
        {
            if (!seen.Add((write.Table, write.Write.Id)))
            {
                throw new ArgumentException($"A batch writes one document of {write.Table.Collection.Name} twice; a batch holds at most one write per document.");
            }
        }
    }
}
