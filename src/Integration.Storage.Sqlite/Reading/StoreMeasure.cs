using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Integration.Storage.Sqlite.Schema;

namespace Integration.Storage.Sqlite.Reading;

/// <summary>Measures the database, on a connection of the pool.</summary>
internal static class StoreMeasure
{
    /// <summary>Newest documents of a collection whose average stands for all: to measure each would read the whole file.</summary>
    private const int Sample = 500;

    public static StorageFigures Read(Database database, IReadOnlyList<CollectionTable> tables)
    {
        var pageBytes = database.Number("PRAGMA page_size");
        var log = new FileInfo(database.Path + "-wal");
        return new StorageFigures(
            (database.Number("PRAGMA page_count") * pageBytes) + (log.Exists ? log.Length : 0),
            database.Number("PRAGMA freelist_count") * pageBytes,
            [.. tables.Select(table => Read(database, table))]);
    }

    private static CollectionFigures Read(Database database, CollectionTable table)
    {
        var documents = database.Number($"SELECT count(*) FROM {table.Table}");
        var payload = table.Collection.HasPayload ? $"+coalesce((SELECT length(bytes) FROM {table.PayloadTable} p WHERE p.row=t.row), 0)" : "";
        var average = database.Number($"SELECT coalesce(avg(n), 0) FROM (SELECT length(body){payload} AS n FROM {table.Table} t ORDER BY row DESC LIMIT {Sample})");
        return new CollectionFigures(table.Collection.Name, documents, documents * average);
    }
}
