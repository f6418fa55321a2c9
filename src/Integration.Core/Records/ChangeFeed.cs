using Integration.Core.Events;
using Integration.Core.Storage;

namespace Integration.Core.Records;

/// <summary>One change of the record, as a reader needs it to keep a copy. Closed set.</summary>
/// <param name="Sequence">Its place.</param>
public abstract record FeedChange(long Sequence)
{
    /// <summary>A resource is as it stands here: new, changed, or another patient's than before.</summary>
    public sealed record Resource(long Sequence, ResourceDocument Document) : FeedChange(Sequence);

    /// <summary>A resource is no more.</summary>
    public sealed record Deleted(long Sequence, DeletedResource Note) : FeedChange(Sequence);

    /// <summary>A golden record was merged into another; its resources come as changes of their own.</summary>
    public sealed record Merged(long Sequence, EventDocument Event) : FeedChange(Sequence);
}

/// <summary>Changes behind a cursor.</summary>
/// <param name="Changes">In the order of their sequence.</param>
/// <param name="Sequence">Everything up to it has been seen.</param>
/// <param name="IsCaughtUp">There was nothing more when this was read.</param>
public sealed record ChangePage(IReadOnlyList<FeedChange> Changes, long Sequence, bool IsCaughtUp);

/// <summary>
/// The changes of the record as an endless list that can be read from the beginning at any time: each resource stands in it once, where it was
/// changed last, so that a reader who has caught up holds what a full export holds. Safe for many threads.
/// </summary>
/// <remarks>
/// <para>1. The end is looked up first: the newest sequence of each collection. What has a lower one is visible then, since sequences become visible in
/// their order over all collections; what comes later is left to the next page, so that reading one collection after another skips nothing.</para>
/// <para>2. A page of resources says up to where the page goes; deletions and merges are read up to there.</para>
/// </remarks>
public sealed class ChangeFeed(IDocumentStore store)
{
    private static readonly DocumentField Sequence = DocumentField.Sequence;
    private static readonly DocumentField EventKind = Collections.Events.Field("type");
    private static readonly DocumentCollection[] Sources = [Collections.Resources, Collections.Deletions, Collections.Events];

    /// <param name="after">Sequence up to which the reader has seen everything; 0: nothing.</param>
    /// <param name="limit">Resources at most.</param>
    public async ValueTask<ChangePage> ReadAsync(long after, int limit, CancellationToken cancellationToken)
    {
        var end = await EndAsync(cancellationToken);
        if (end <= after)
        {
            return new ChangePage([], after, IsCaughtUp: true);
        }

        var resources = await ReadAsync(Collections.Resources, after, end, [], limit, cancellationToken);
        var isLast = resources.Count < limit;
        var upTo = isLast ? end : resources[^1].Sequence;
        var deleted = await ReadAllAsync(Collections.Deletions, after, upTo, [], cancellationToken);
        var merged = await ReadAllAsync(Collections.Events, after, upTo, [new DocumentFilter.Equal(EventKind, "patient.merged")], cancellationToken);
        var changes = resources.Select(d => (FeedChange)new FeedChange.Resource(d.Sequence, Collections.Resources.Read(d)))
            .Concat(deleted.Select(d => new FeedChange.Deleted(d.Sequence, Collections.Deletions.Read(d))))
            .Concat(merged.Select(d => new FeedChange.Merged(d.Sequence, Collections.Events.Read(d))))
            .OrderBy(change => change.Sequence);
        return new ChangePage([.. changes], upTo, isLast);
    }

    private async ValueTask<long> EndAsync(CancellationToken cancellationToken)
    {
        var end = 0L;
        foreach (var source in Sources)
        {
            var newest = await store.QueryAsync(new DocumentQuery(source) { OrderBy = [new DocumentSort(Sequence, Descending: true)], Limit = 1 }, cancellationToken);
            end = Math.Max(end, newest.Documents.Count == 0 ? 0 : newest.Documents[0].Sequence);
        }

        return end;
    }

    private async ValueTask<List<StoredDocument>> ReadAllAsync(
        DocumentCollection source, long after, long upTo, IReadOnlyList<DocumentFilter> where, CancellationToken cancellationToken)
    {
        const int Chunk = 1000;
        var all = new List<StoredDocument>();
        IReadOnlyList<StoredDocument> page;
        do
        {
            page = await ReadAsync(source, after, upTo, where, Chunk, cancellationToken);
            all.AddRange(page);
            after = page.Count > 0 ? page[^1].Sequence : after;
        }
        while (page.Count == Chunk);

        return all;
    }

    private async ValueTask<IReadOnlyList<StoredDocument>> ReadAsync(
        DocumentCollection source, long after, long upTo, IReadOnlyList<DocumentFilter> where, int limit, CancellationToken cancellationToken) =>
        (await store.QueryAsync(new DocumentQuery(source)
        {
            Where = [new DocumentFilter.Range(Sequence, after + 1, upTo + 1), .. where],
            OrderBy = [new DocumentSort(Sequence)],
            Limit = limit,
        }, cancellationToken)).Documents;
}
