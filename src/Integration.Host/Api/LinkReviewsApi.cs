using Integration.Core.Identity;
using Integration.Core.Storage;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Questions whether two records are one person.</summary>
internal static class LinkReviewsApi
{
    public static void MapLinkReviews(this RouteGroupBuilder api) =>
        api.MapGet("/link-reviews", ListAsync).WithTags("Link reviews").WithName("listLinkReviews")
            .WithSummary("Pairs of records that may be one person, oldest first")
            .TakesQuery(
                QueryParameter.Choice("state", "How the question stands; `separate` means never again. Usually `open`.", "open", "linked", "separate"),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);

    private static async Task<Ok<Page<LinkReviewDocument>>> ListAsync(QueryValues query, IDocumentStore store, CancellationToken cancellationToken)
    {
        var reviews = Collections.LinkReviews;
        var page = await store.QueryAsync(new DocumentQuery(reviews)
        {
            Where = [new DocumentFilter.Equal(reviews.Field("state"), query.Text("state") ?? "open")],
            OrderBy = [new DocumentSort(reviews.Field("since"))],
            Limit = query.Limit,
            After = query.After,
        }, cancellationToken);
        return TypedResults.Ok(new Page<LinkReviewDocument>([.. page.Documents.Select(reviews.Read)], page.Next));
    }
}
