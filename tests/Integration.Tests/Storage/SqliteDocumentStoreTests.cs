using Integration.Core.Storage;
using Integration.Tests.Storage.Contract;

namespace Integration.Tests.Storage;

/// <summary>The contract, held by the SQLite engine.</summary>
public sealed class SqliteDocumentStoreTests : DocumentStoreContract
{
    private TemporaryStore _temporary = null!;

    protected override async Task<IDocumentStore> OpenEmptyAsync(IReadOnlyList<DocumentCollection> collections)
    {
        _temporary = await TemporaryStore.OpenAsync(collections);
        return _temporary.Store;
    }

    protected override async Task<IDocumentStore> ReopenAsync(IReadOnlyList<DocumentCollection> collections)
    {
        await _temporary.ReopenAsync(collections);
        return _temporary.Store;
    }

    protected override async Task CloseAsync() => await _temporary.DisposeAsync();
}
