using Integration.Core.Storage;
using static Integration.Tests.Storage.Contract.ContractCollections;

namespace Integration.Tests.Storage.Contract;

/// <summary>What every engine of <see cref="IDocumentStore"/> must do. An engine's tests derive from it and say how a store is opened.</summary>
public abstract partial class DocumentStoreContract : IAsyncLifetime
{
    private protected IDocumentStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenEmptyAsync(All);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A store without documents, opened with these collections.</summary>
    protected abstract Task<IDocumentStore> OpenEmptyAsync(IReadOnlyList<DocumentCollection> collections);

    /// <summary>Closes the store and opens the same data again, as a restart of the product does.</summary>
    protected abstract Task<IDocumentStore> ReopenAsync(IReadOnlyList<DocumentCollection> collections);

    /// <summary>Closes the store and removes its data.</summary>
    protected abstract Task CloseAsync();

    private protected Task<CommitResult> CommitAsync(params DocumentWrite[] writes) => CommitAsync(CommitPriority.Processing, writes);

    private protected async Task<CommitResult> CommitAsync(CommitPriority priority, params DocumentWrite[] writes)
    {
        var batch = new WriteBatch();
        foreach (var write in writes)
        {
            batch.Add(write);
        }

        return await Store.CommitAsync(batch, priority, CancellationToken.None);
    }

    private protected async Task PutAsync(params Item[] items) =>
        Assert.IsType<CommitResult.Committed>(await CommitAsync([.. items.Select(item => Items.Put(item, null))]));

    private protected async Task<Item?> ReadAsync(string id) =>
        await Store.GetAsync(Items, id, false, CancellationToken.None) is { } stored ? Items.Read(stored) : null;

    private protected async Task<string> IdsAsync(DocumentQuery query) =>
        string.Join(" ", (await Store.QueryAsync(query, CancellationToken.None)).Documents.Select(document => document.Id));

    private protected Task<string> IdsAsync(params DocumentFilter[] where) => IdsAsync(new DocumentQuery(Items) { Where = where });

    /// <summary>Every page, one after another.</summary>
    private protected async Task<List<StoredDocument>> AllPagesAsync(DocumentQuery query)
    {
        var documents = new List<StoredDocument>();
        for (string? after = null; ;)
        {
            var page = await Store.QueryAsync(query with { After = after }, CancellationToken.None);
            documents.AddRange(page.Documents);
            if (page.Next is null)
            {
                return documents;
            }

            after = page.Next;
        }
    }
}
