using Integration.Storage.Sqlite.Native;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>
/// Moves pages from the end of the file into free ones before it, so that the file becomes shorter when the log is next copied into it. Runs in a
/// transaction of the writer thread: another connection would empty its page cache.
/// </summary>
internal sealed class ReclaimStep(long atMostBytes)
{
    /// <summary>A twentieth of the file may be free: a store that is pruned every hour would otherwise shrink and grow for nothing.</summary>
    private const int KeptPart = 20;

    /// <summary>Bytes by which the file becomes shorter.</summary>
    public long Bytes { get; private set; }

    public void Run(Database database)
    {
        const int Incremental = 2;
        var (free, pages) = (database.Number("PRAGMA freelist_count"), database.Number("PRAGMA page_count"));
        var pageBytes = database.Number("PRAGMA page_size");
        var surplus = Math.Min(free - (pages / KeptPart), atMostBytes / pageBytes);
        if (surplus > 0 && database.Number("PRAGMA auto_vacuum") == Incremental)
        {
            database.Execute($"PRAGMA incremental_vacuum({surplus})");
            Bytes = (pages - database.Number("PRAGMA page_count")) * pageBytes;
        }
    }
}
