namespace Integration.Storage.Sqlite;

/// <summary>Settings of the embedded store, section <c>Storage:Sqlite</c>.</summary>
public sealed class SqliteStorageOptions
{
    public const string Section = "Storage:Sqlite";

    /// <summary>
    /// The database file; default <c>data/integration.db</c>, relative to the working directory. Beside it lie <c>-wal</c>, <c>-shm</c> and
    /// <c>.lock</c>. Must be on a local disk: network shares lose locks and fsyncs.
    /// </summary>
    public string Path { get; set; } = "data/integration.db";

    /// <summary>
    /// Memory for pages that the writer keeps, in MiB; default 32, 8 to 4096. What does not fit is read again through the system's
    /// file cache, which is cheap while memory is free; more here makes every commit walk a larger table.
    /// </summary>
    public int CacheMb { get; set; } = 32;

    /// <summary>Queries that run at once; further ones wait. Default 8, 1 to 64. Each costs up to 2 MiB and one thread while it runs.</summary>
    public int MaxReaders { get; set; } = 8;

    /// <summary>Most pages the file may grow to; 0 is no limit. For tests of a full disk.</summary>
    internal int MaxPages { get; init; }
}
