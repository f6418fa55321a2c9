namespace Integration.Core.Feeds;

/// <summary>What ops staff watch: every configured feed as it stands now. Safe for many threads.</summary>
public interface IFeedBoard
{
    /// <summary>One status a feed, in the order of configuration. Counts are read from the store: in = sum of counts.</summary>
    ValueTask<IReadOnlyList<FeedStatus>> GetAsync(CancellationToken cancellationToken);
}
