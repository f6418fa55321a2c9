using Integration.Core.Storage;
using Integration.SystemTests.Peers;
using Integration.Tests.Storage.Contract;

namespace Integration.SystemTests.Storage;

/// <summary>The contract, held by the MongoDB engine on a real server.</summary>
public sealed class MongoDocumentStoreTests(MongoPeer peer) : DocumentStoreContract
{
    private string _uri = "";
    private IDocumentStore? _store;

    protected override async Task<IDocumentStore> OpenEmptyAsync(IReadOnlyList<DocumentCollection> collections)
    {
        _uri = peer.NewDatabase();
        return _store = await MongoStores.OpenAsync(_uri, collections);
    }

    protected override async Task<IDocumentStore> ReopenAsync(IReadOnlyList<DocumentCollection> collections)
    {
        await _store!.DisposeAsync();
        return _store = await MongoStores.OpenAsync(_uri, collections);
    }

    protected override async Task CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            MongoStores.Drop(_uri);
        }
    }
}
