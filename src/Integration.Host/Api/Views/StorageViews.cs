using System.ComponentModel;
using Integration.Core.Retention;
using Integration.Core.Storage;

namespace Integration.Host.Api.Views;

/// <summary>The store and its disk.</summary>
internal sealed record StorageView(
    DateTimeOffset Measured,
    [property: Description("Of its files, or of its database on the server, indexes and what is free inside among them.")] long Bytes,
    [property: Description("Of these, what new documents will use before it grows.")] long FreeBytes,
    [property: Description("Free on the disk; null when the store is on another machine.")] long? VolumeFreeBytes,
    [property: Description("Null until there are samples an hour apart.")] double? GrowthBytesPerDay,
    [property: Description("Until intake stops for lack of room, should it go on like this; null when it does not grow.")] double? DaysLeft,
    IReadOnlyList<CollectionStorageView> Collections,
    IReadOnlyList<FeedStorageView> Feeds)
{
    public static StorageView Of(StorageStatus status) => new(
        status.Measured, status.Figures.Bytes, status.Figures.FreeBytes, status.VolumeFreeBytes, status.GrowthPerDay, status.DaysLeft,
        [.. status.Figures.Collections.Select(CollectionStorageView.Of)], [.. status.Feeds.Select(FeedStorageView.Of)]);
}

/// <summary>One collection.</summary>
internal sealed record CollectionStorageView(
    string Name, long Documents, [property: Description("Bodies and payloads without indexes, estimated from the newest of them.")] long ContentBytes)
{
    public static CollectionStorageView Of(CollectionFigures figures) => new(figures.Name, figures.Documents, figures.ContentBytes);
}

/// <summary>What is kept of one feed.</summary>
internal sealed record FeedStorageView(
    string Feed,
    long Messages,
    [property: Description("When the oldest message was received; null when there is none.")] DateTimeOffset? Oldest,
    [property: Description("Days that done, filtered and duplicate messages are kept; null: for ever.")] double? KeepFinishedDays,
    [property: Description("Days that failed messages are kept; null: for ever. Unfinished ones are never removed.")] double? KeepFailedDays,
    [property: Description("Messages removed so far.")] long Pruned,
    [property: Description("Messages whose raw bytes are compressed.")] long Compressed,
    [property: Description("Length of these bytes before.")] long CompressedFrom,
    [property: Description("Length of these bytes after.")] long CompressedTo)
{
    public static FeedStorageView Of(FeedStorage feed) => new(
        feed.Feed, feed.Messages, feed.Oldest, Days(feed.Rule.Finished), Days(feed.Rule.Failed), feed.RemovedThisFar.PrunedFinished + feed.RemovedThisFar.PrunedFailed,
        feed.RemovedThisFar.Compressed, feed.RemovedThisFar.CompressedFrom, feed.RemovedThisFar.CompressedTo);

    private static double? Days(TimeSpan time) => time == TimeSpan.MaxValue ? null : time.TotalDays;
}
