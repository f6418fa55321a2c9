namespace Integration.Core.Mapping;

/// <summary>The mapping context of each feed, as configured.</summary>
/// <param name="configured">By feed name.</param>
/// <param name="defaultZone">Of feeds that are no longer configured but whose messages are replayed.</param>
public sealed class FeedContexts(IReadOnlyDictionary<string, FeedContext> configured, TimeZoneInfo defaultZone)
{
    public FeedContext Of(string feed) => configured.TryGetValue(feed, out var context) ? context : new FeedContext(feed, feed, defaultZone);
}
