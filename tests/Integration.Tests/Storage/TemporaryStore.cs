using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.Tests.Storage;

/// <summary>A real store in a folder of its own under the system's temporary folder; both go when it is disposed.</summary>
public sealed class TemporaryStore : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("integration-store-");

    private TemporaryStore() => Store = null!;

    public IDocumentStore Store { get; private set; }

    public string Path => System.IO.Path.Combine(_folder.FullName, "integration.db");

    /// <summary>Opens a store with the product's collections, or with those given.</summary>
    public static async Task<TemporaryStore> OpenAsync(IReadOnlyList<DocumentCollection>? collections = null)
    {
        var temporary = new TemporaryStore();
        try
        {
            await temporary.StartAsync(collections ?? Collections.All);
            return temporary;
        }
        catch
        {
            await temporary.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the store and opens the same file again.</summary>
    public async Task ReopenAsync(IReadOnlyList<DocumentCollection>? collections = null, ILogger<SqliteDocumentStore>? logger = null)
    {
        await Store.DisposeAsync();
        await StartAsync(collections ?? Collections.All, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task StartAsync(IReadOnlyList<DocumentCollection> collections, ILogger<SqliteDocumentStore>? logger = null)
    {
        Store = new SqliteDocumentStore(
            Options.Create(new SqliteStorageOptions { Path = Path }), logger ?? NullLogger<SqliteDocumentStore>.Instance);
        await Store.OpenAsync(collections, CancellationToken.None);
    }
}
