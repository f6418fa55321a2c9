using Integration.Core.Audit;
using Integration.Core.Storage;

namespace Integration.Core.Feeds;

/// <summary>What became of setting a watermark. Closed set.</summary>
public enum PlaceOutcome
{
    /// <summary>The feed's next round begins there.</summary>
    Set,

    /// <summary>There is no such feed, or it does not go by a watermark.</summary>
    NoPlace,

    /// <summary>The text can be no watermark of this feed.</summary>
    NotReadable,
}

/// <summary>Sets where feeds go on, for operators. Safe for many threads.</summary>
public sealed class FeedPlaces(IReadOnlyList<ConfiguredFeed> feeds, AuditTrail audit, IDocumentStore store)
{
    /// <summary>
    /// TRANSACTION: the wish and its entry in the audit. The feed follows at the beginning of its next round, so that one that is running cannot write over it.
    /// </summary>
    /// <param name="watermark">As people write it; null or empty: from the beginning.</param>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    public async ValueTask<PlaceOutcome> SetAsync(string feed, string? watermark, string actor, string reason, CancellationToken cancellationToken)
    {
        if (feeds.FirstOrDefault(f => f.Name == feed)?.Adapter is not IPlacedFeed placed)
        {
            return PlaceOutcome.NoPlace;
        }

        var mark = string.IsNullOrWhiteSpace(watermark) ? "" : placed.ReadWatermark(watermark.Trim());
        if (mark is null)
        {
            return PlaceOutcome.NotReadable;
        }

        var note = new AuditNote(actor, AuditActions.SetWatermark, $"feeds/{feed}", reason);
        await audit.CommitAsync(note, batch =>
        {
            batch.Add(FeedWatermarks.Write(feed, FeedWatermarks.WishOf(placed.Part), mark));
            return store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
        }, cancellationToken);
        return PlaceOutcome.Set;
    }
}
