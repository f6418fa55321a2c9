using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Core.Feeds;

/// <summary>What feeds that read tables have handed over, row by row. Safe for many threads; each feed writes its own.</summary>
public sealed class SourceRowStore(IDocumentStore store, MessageJournal journal)
{
    private static readonly DocumentField Feed = Collections.SourceRows.Field("feed");

    /// <summary>Those of the keys that were handed over before, by key.</summary>
    public async ValueTask<IReadOnlyDictionary<string, SourceRowDocument>> FindAsync(string feed, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var found = await store.GetManyAsync(Collections.SourceRows, [.. keys.Select(key => SourceRowDocument.IdOf(feed, key)).Distinct()], cancellationToken);
        return found.Select(Collections.SourceRows.Read).ToDictionary(row => row.Key, StringComparer.Ordinal);
    }

    /// <summary>Every row of a feed, in no order that means anything.</summary>
    public async IAsyncEnumerable<SourceRowDocument> ReadAllAsync(string feed, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new DocumentQuery(Collections.SourceRows) { Where = [new DocumentFilter.Equal(Feed, feed)], Limit = 5000 };
        await foreach (var document in store.ReadAllAsync(query, cancellationToken))
        {
            yield return Collections.SourceRows.Read(document);
        }
    }

    /// <summary>Notes what was handed over, to be written with its messages.</summary>
    public static IEnumerable<DocumentWrite> Notes(IEnumerable<SourceRowDocument> rows) => rows.Select(row => Collections.SourceRows.Put(row, expectedVersion: null));

    /// <summary>The bytes that the row was last handed over as; null when retention has removed them.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ContentOfAsync(SourceRowDocument row, CancellationToken cancellationToken) =>
        await journal.GetAsync(row.MessageId, withRaw: true, cancellationToken) is var (message, _) && message.Raw.Length > 0 ? message.Raw : (ReadOnlyMemory<byte>?)null;
}
