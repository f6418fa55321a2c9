using System.ComponentModel;
using Integration.Core.Intake;

namespace Integration.Host.Api.Views;

/// <summary>Everything that came in and where it stands, all read at one moment.</summary>
internal sealed record ConservationView(
    DateTimeOffset AsOf,
    [property: Description("Whether in = done + waiting + failed + filtered + duplicate on every feed.")] bool Balanced,
    BalanceView Total,
    [property: Description("Every feed that messages ever came by, those no longer configured too.")] IReadOnlyList<FeedBalanceView> Feeds)
{
    public static ConservationView Of(IReadOnlyList<MessageBalance> feeds, DateTimeOffset asOf) => new(
        asOf, feeds.All(feed => feed.Difference == 0), BalanceView.Of(MessageBalance.Total(feeds)),
        [.. feeds.Select(feed => new FeedBalanceView(feed.Feed, BalanceView.Of(feed)))]);
}

/// <summary>One feed's balance.</summary>
internal sealed record FeedBalanceView(string Feed, BalanceView Balance);

/// <summary>The two sides of in = done + waiting + failed + filtered + duplicate.</summary>
internal sealed record BalanceView(
    [property: Description("Counted when a message comes in, apart from the states.")] long In,
    long Done,
    long Waiting,
    long Failed,
    long Filtered,
    long Duplicate,
    [property: Description("in less the sum of the states; 0 unless a message was lost or counted twice.")] long Difference,
    bool Balanced)
{
    public static BalanceView Of(MessageBalance balance) => new(
        balance.In, balance.Counts[MessageState.Done], balance.Counts[MessageState.Waiting], balance.Counts[MessageState.Failed],
        balance.Counts[MessageState.Filtered], balance.Counts[MessageState.Duplicate], balance.Difference, balance.Difference == 0);
}
