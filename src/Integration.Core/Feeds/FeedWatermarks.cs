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
        batch.Add(Collections.Feeds.Put(new FeedDocument { Id = IdOf(feed, part), Watermark = watermark }, expectedVersion: null));
        if (await store.CommitAsync(batch, CommitPriority.Intake, cancellationToken) is not CommitResult.Committed)
        {
            throw new InvalidOperationException("A write without condition cannot conflict.");
        }
    }

    private static string IdOf(string feed, string part) => $"{feed}/{part}";
}
