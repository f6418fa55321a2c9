namespace Integration.Core.Storage;

/// <summary>
/// The one port to a database. Two engines implement it (SQLite, MongoDB), one contract suite holds both to it.
/// Every member is safe to call from many threads at once.
/// </summary>
/// <remarks>
/// A store that cannot be reached, is full or is broken throws <see cref="StoreUnavailableException"/>; the caller retries or
/// refuses its own caller. Conditions that fail (version, unique index) are results, not exceptions.
/// </remarks>
public interface IDocumentStore : IAsyncDisposable
{
    /// <summary>Creates what is missing of collections, fields and indexes, and checks the rest. Called once, before anything else.</summary>
    /// <exception cref="StoreUnavailableException">With one line that says what is wrong and what to do.</exception>
    ValueTask OpenAsync(IReadOnlyList<DocumentCollection> collections, CancellationToken cancellationToken);

    /// <summary>
    /// Carries out a batch atomically and durably. Batches that arrive together may share one fsync; each still succeeds or
    /// fails alone. Cancelling stops the wait; the batch may be committed nevertheless.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(WriteBatch batch, CommitPriority priority, CancellationToken cancellationToken);

    /// <summary>One document, or null.</summary>
    ValueTask<StoredDocument?> GetAsync(DocumentCollection collection, string id, bool withPayload, CancellationToken cancellationToken);

    /// <summary>The documents that exist of those ids, in any order.</summary>
    ValueTask<IReadOnlyList<StoredDocument>> GetManyAsync(DocumentCollection collection, IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>One page of documents.</summary>
    ValueTask<DocumentPage> QueryAsync(DocumentQuery query, CancellationToken cancellationToken);

    /// <summary>How many documents hold, up to <paramref name="atMost"/> (then exactly that number is returned).</summary>
    ValueTask<long> CountAsync(DocumentCollection collection, IReadOnlyList<DocumentFilter> where, long atMost, CancellationToken cancellationToken);

    /// <summary>Counts documents by the values of <paramref name="by"/> (no lists), largest first, at most 1,000 groups.</summary>
    ValueTask<IReadOnlyList<GroupCount>> GroupAndCountAsync(
        DocumentCollection collection, IReadOnlyList<DocumentFilter> where, IReadOnlyList<DocumentField> by, CancellationToken cancellationToken);

    /// <summary>How much room it takes. May take seconds where there are very many documents.</summary>
    ValueTask<StorageFigures> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gives room that deleted documents left back to the disk: one step, which others wait for. Room that new documents will soon use is kept, and an
    /// engine that gives back by itself has nothing to do.
    /// </summary>
    /// <param name="atMostBytes">Of one step.</param>
    /// <returns>Bytes given back; 0 when there is nothing more to do.</returns>
    ValueTask<long> ReclaimAsync(long atMostBytes, CancellationToken cancellationToken);
}

/// <summary>The store cannot do its work now. The message is one line for an operator and holds no patient data.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
