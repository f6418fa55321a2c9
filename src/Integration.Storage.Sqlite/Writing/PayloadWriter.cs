using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>Writes the bytes beside the documents of one collection. Belongs to the writer thread.</summary>
internal sealed class PayloadWriter(Database database, CollectionTable table)
{
    private readonly Statement _put = database.Prepared(
        $"INSERT INTO {table.PayloadTable} (row, bytes) VALUES (?, ?) ON CONFLICT (row) DO UPDATE SET bytes=excluded.bytes");

    private readonly Statement _delete = database.Prepared($"DELETE FROM {table.PayloadTable} WHERE row=?");

    /// <param name="payload">Null leaves what is stored.</param>
    public void Put(long row, ReadOnlyMemory<byte>? payload)
    {
        if (payload is { } bytes)
        {
            _put.Bind(1, row);
            _put.BindBlob(2, bytes.Span);
            _put.Run();
        }
    }

    public void Delete(long row)
    {
        _delete.Bind(1, row);
        _delete.Run();
    }
}
