using Integration.Core.Storage;

namespace Integration.Core.Feeds;

/// <summary>Where feeds that ask their sources go on, part by part. Safe for many threads; each feed writes its own.</summary>
public sealed class FeedWatermarks(IDocumentStore store)
{
    /// <summary>Where a part goes on, as the adapter wrote it; null when it never began.</summary>
    /// <param name="part">What the source is asked for, e.g. a resource type.</param>
    public async ValueTask<string?> GetAsync(string feed, string part, CancellationToken cancellationToken) =>
        await store.GetAsync(Collections.Feeds, IdOf(feed, part), withPayload: false, cancellationToken) is { } stored ? Collections.Feeds.Read(stored).Watermark : null;

    /// <summary>Writes it down; returns when it is durable. To be called when everything before it is.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    public async ValueTask SetAsync(string feed, string part, string watermark, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Write(feed, part, watermark));
        if (await store.CommitAsync(batch, CommitPriority.Intake, cancellationToken) is not CommitResult.Committed)
        {
            throw new InvalidOperationException("A write without condition cannot conflict.");
        }
    }

    /// <summary>Where a person wants the part to go on, see <see cref="FeedPlaces"/>; empty: from the beginning; null: nobody wants anything.</summary>
    public ValueTask<string?> WishAsync(string feed, string part, CancellationToken cancellationToken) => GetAsync(feed, WishOf(part), cancellationToken);

    /// <summary>TRANSACTION: the part goes on there, and the wish is carried out.</summary>
    public async ValueTask GrantAsync(string feed, string part, string watermark, CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(Write(feed, part, watermark));
        batch.Add(Collections.Feeds.Delete(IdOf(feed, WishOf(part))));
        await store.CommitAsync(batch, CommitPriority.Intake, cancellationToken);
    }

    internal static string WishOf(string part) => $"{part}/wish";

    /// <summary>Writes down where a part goes on, as part of somebody's batch.</summary>
    public static DocumentWrite Write(string feed, string part, string watermark) =>
        Collections.Feeds.Put(new FeedDocument { Id = IdOf(feed, part), Watermark = watermark }, expectedVersion: null);

    internal static string IdOf(string feed, string part) => $"{feed}/{part}";
}
