using Integration.Core.Audit;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Who did what to whom, why.</summary>
internal static class AuditApi
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("", SearchAsync).WithName("searchAudit").WithSummary("Deeds of operators, newest first")
            .TakesQuery(
                QueryParameter.Text("actor", "Name of a key.", "a key's name"),
                QueryParameter.Text("target", "Id of a message or operation.", "a whole id"),
                QueryParameter.Time("from", "Done at or after this time."),
                QueryParameter.Time("below", "Done before this time."),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        audit.MapGet("/check", CheckAsync).WithName("checkAudit").WithSummary("Walks the whole chain and says whether any entry was altered or removed");
    }

    private static async Task<Ok<Page<AuditView>>> SearchAsync(QueryValues query, AuditTrail audit, CancellationToken cancellationToken)
    {
        var (entries, next) = await audit.SearchAsync(
            new AuditSearch(query.Text("actor"), query.Text("target"), query.Time("from"), query.Time("below"), query.Limit, query.After), cancellationToken);
        return TypedResults.Ok(new Page<AuditView>([.. entries.Select(AuditView.Of)], next));
    }

    private static async Task<Ok<AuditCheckView>> CheckAsync(AuditTrail audit, CancellationToken cancellationToken)
    {
        var (entries, brokenAt) = await audit.VerifyAsync(cancellationToken);
        return TypedResults.Ok(new AuditCheckView(brokenAt is null, entries, brokenAt));
    }
}
