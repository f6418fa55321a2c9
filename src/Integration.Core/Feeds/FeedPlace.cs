namespace Integration.Core.Feeds;

/// <summary>Where a feed that asks its source stands.</summary>
/// <param name="Watermark">What the next round asks from, as people read and write it; null: from the beginning.</param>
/// <param name="Rows">What the round that is running has read; null between rounds.</param>
/// <param name="Part">How much of what that round has to read is behind it, 0 to 1; null where it cannot be told.</param>
public sealed record FeedPlace(string? Watermark, long? Rows, double? Part);

/// <summary>A feed that asks its source from a watermark on, which a person may set. Safe for many threads.</summary>
public interface IPlacedFeed
{
    /// <summary>Where it stands now; null until it has asked for the first time.</summary>
    FeedPlace? Place { get; }

    /// <summary>The part that it goes on by, see <see cref="FeedWatermarks"/>.</summary>
    string Part { get; }

    /// <summary>What a person wrote, as the feed keeps it; null when it can be no watermark of this feed.</summary>
    string? ReadWatermark(string text);
}
