using Integration.Core.Storage;
using Integration.Storage.Mongo;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.Benchmarks;

/// <summary>Where an engine under measurement keeps its data: a file, or a MongoDB database.</summary>
/// <param name="MongoUri">Connection string with a database; null: SQLite in the data folder.</param>
internal sealed record BenchStorage(string DataFolder, string? MongoUri)
{
    public string SqlitePath => Path.Combine(DataFolder, "integration.db");

    /// <summary>What the engine process is told by environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => MongoUri is null
        ? new Dictionary<string, string> { ["Storage__Sqlite__Path"] = SqlitePath }
        : new Dictionary<string, string> { ["Storage__Provider"] = "MongoDb", ["Storage__MongoDb__ConnectionString"] = MongoUri };

    /// <summary>Bytes of the data with its log or indexes.</summary>
    public long Bytes => MongoUri is null ? Directory.EnumerateFiles(DataFolder, "*.db*").Sum(f => new FileInfo(f).Length) : BenchMongo.BytesOf(MongoUri);

    /// <summary>Opens the store in this process. Nobody else may have it open.</summary>
    public async Task<IDocumentStore> OpenAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(DataFolder);
        IDocumentStore store = MongoUri is null
            ? new SqliteDocumentStore(Options.Create(new SqliteStorageOptions { Path = SqlitePath }), NullLogger<SqliteDocumentStore>.Instance)
            : new MongoDocumentStore(Options.Create(new MongoStorageOptions { ConnectionString = MongoUri }), TimeProvider.System, NullLogger<MongoDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, cancellationToken);
        return store;
    }

    /// <summary>Removes the data.</summary>
    public void Remove()
    {
        if (MongoUri is not null)
        {
            BenchMongo.Drop(MongoUri);
        }

        if (Directory.Exists(DataFolder))
        {
            Directory.Delete(DataFolder, recursive: true);
        }
    }
}
