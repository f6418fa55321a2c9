using Integration.Core.Storage;

namespace Integration.Core.Feeds;

/// <summary>The ledger of files and batches above the store. Safe for many threads; each feed writes its own entries.</summary>
public sealed class FileLedger(IDocumentStore store)
{
    private static readonly DocumentField Feed = Collections.Files.Field("feed");
    private static readonly DocumentField State = Collections.Files.Field("state");
    private static readonly DocumentField Began = Collections.Files.Field("began");

    /// <summary>The entry of this content; null when it never came by this feed.</summary>
    public async ValueTask<FileDocument?> FindAsync(string feed, string checksum, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Files, $"{feed}/{checksum}", withPayload: false, cancellationToken) is { } stored
            ? Collections.Files.Read(stored)
            : null;

    /// <summary>Writes an entry; returns when it is durable.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    public async ValueTask SaveAsync(FileDocument file, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Files.Put(file, expectedVersion: null));
        if (await store.CommitAsync(batch, CommitPriority.Intake, cancellationToken) is not CommitResult.Committed)
        {
            throw new InvalidOperationException("A write without condition cannot conflict.");
        }
    }

    /// <summary>Entries, newest first.</summary>
    /// <param name="feed">Exact name; null: of all feeds.</param>
    /// <param name="state">Null: in any state.</param>
    /// <param name="limit">1 to 500.</param>
    /// <param name="after">Token of the previous page.</param>
    public async ValueTask<FilePage> SearchAsync(string? feed, FileState? state, int limit, string? after, CancellationToken cancellationToken)
    {
        var where = new List<DocumentFilter>();
        if (feed is not null)
        {
            where.Add(new DocumentFilter.Equal(Feed, feed));
        }

        if (state is not null)
        {
            where.Add(new DocumentFilter.Equal(State, state.ToString()));
        }

        var page = await store.QueryAsync(new DocumentQuery(Collections.Files)
        {
            Where = where,
            OrderBy = [new DocumentSort(Began, Descending: true)],
            Limit = Math.Clamp(limit, 1, 500),
            After = after,
        }, cancellationToken);
        return new FilePage([.. page.Documents.Select(Collections.Files.Read)], page.Next);
    }

    /// <summary>How many entries of a feed stand in each state; states without entries are left out.</summary>
    public async ValueTask<IReadOnlyDictionary<FileState, long>> CountAsync(string feed, CancellationToken cancellationToken)
    {
        var groups = await store.GroupAndCountAsync(Collections.Files, [new DocumentFilter.Equal(Feed, feed)], [State], cancellationToken);
        return groups.ToDictionary(g => Enum.Parse<FileState>((string)g.Key[0]!), g => g.Count);
    }
}

/// <summary>Entries of the ledger, newest first.</summary>
/// <param name="Next">Token of the next page; null when this is the last.</param>
public sealed record FilePage(IReadOnlyList<FileDocument> Files, string? Next);
