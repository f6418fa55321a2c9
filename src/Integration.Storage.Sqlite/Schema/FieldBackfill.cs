using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Writing;
using static Integration.Storage.Sqlite.Schema.CollectionTable;

namespace Integration.Storage.Sqlite.Schema;

/// <summary>Fills columns that were declared after documents had been written, from the bodies of those documents.</summary>
internal sealed class FieldBackfill(Database database, CollectionTable table, List<ScalarColumn> scalars, List<ListColumn> lists)
{
    /// <summary>Rows read at a time, as SQLite promises nothing about a row that changes under a running query.</summary>
    private const int ChunkRows = 500;

    private readonly List<(ListColumn List, ListWriter Writer)> _writers = [.. lists.Select(list => (list, new ListWriter(database, list)))];

    /// <returns>Documents read.</returns>
    public long Run()
    {
        var names = scalars.Select(scalar => scalar.Field.Name).Concat(lists.Select(list => list.Field.Name)).ToList();
        using var read = database.Prepare($"SELECT row, body FROM {table.Table} WHERE row > ? ORDER BY row LIMIT {ChunkRows}");
        using var update = database.Prepare(
            $"UPDATE {table.Table} SET {string.Join(", ", names.Select(name => Quote(name) + "=?"))} WHERE row=?");
        var documents = 0L;
        for (var chunk = Read(read, long.MinValue); chunk.Count > 0; chunk = Read(read, chunk[^1].Row))
        {
            foreach (var (row, body) in chunk)
            {
                Fill(update, row, table.Collection.ValuesOf(body));
            }

            documents += chunk.Count;
        }

        return documents;
    }

    private static List<(long Row, byte[] Body)> Read(Statement read, long after)
    {
        var chunk = new List<(long, byte[])>(ChunkRows);
        read.Bind(1, after);
        while (read.Step())
        {
            chunk.Add((read.Integer(0), read.Bytes(1).ToArray()));
        }

        read.Reset();
        return chunk;
    }

    private void Fill(Statement update, long row, object?[] values)
    {
        var parameter = 0;
        foreach (var scalar in scalars)
        {
            FieldValues.Bind(update, ++parameter, values[scalar.Index]);
        }

        foreach (var (list, writer) in _writers)
        {
            var blob = FieldValues.Encode(values[list.Index]);
            FieldValues.BindList(update, ++parameter, blob);
            foreach (var value in FieldValues.Decode(blob))
            {
                writer.Add(value, row, ListWriter.PlaceOf(list, values));
            }
        }

        update.Bind(++parameter, row);
        update.Run();
    }
}
