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
    /// Memory for pages that the writer keeps, in MiB; default 64, 8 to 4096. Too little for the indexes in use shows as disk reads
    /// once the store holds millions of documents.
    /// </summary>
    public int CacheMb { get; set; } = 64;

    /// <summary>Queries that run at once; further ones wait. Default 8, 1 to 64. Each costs up to 2 MiB and one thread while it runs.</summary>
    public int MaxReaders { get; set; } = 8;

    /// <summary>Most pages the file may grow to; 0 is no limit. For tests of a full disk.</summary>
    internal int MaxPages { get; init; }
}
