using Integration.Core.Feeds;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Every configured feed as it stands now.</summary>
internal static class FeedsApi
{
    public static void MapFeeds(this RouteGroupBuilder api) =>
        api.MapGet("/feeds", ListAsync).WithTags("Feeds").WithName("listFeeds").WithSummary("Every feed with its state, rates and counts")
            .WithDescription("In the order of configuration, all in one page. `counts` holds messages by state; their sum is everything that ever came in.");

    private static async Task<Ok<Page<FeedStatus>>> ListAsync(IFeedBoard board, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<FeedStatus>(await board.GetAsync(cancellationToken), Next: null));
}
