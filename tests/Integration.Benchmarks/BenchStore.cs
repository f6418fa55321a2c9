using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.Benchmarks;

/// <summary>A store of its own in a temporary folder, which goes with it.</summary>
internal sealed class BenchStore(DirectoryInfo folder, SqliteDocumentStore store) : IAsyncDisposable
{
    public SqliteDocumentStore Store { get; } = store;

    /// <summary>Of the database file and its log.</summary>
    public long Bytes => folder.EnumerateFiles().Sum(file => file.Length);

    public static async Task<BenchStore> OpenAsync()
    {
        var folder = Directory.CreateTempSubdirectory("integration-bench-");
        var options = Options.Create(new SqliteStorageOptions { Path = Path.Combine(folder.FullName, "integration.db") });
        var store = new SqliteDocumentStore(options, NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, CancellationToken.None);
        return new BenchStore(folder, store);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
