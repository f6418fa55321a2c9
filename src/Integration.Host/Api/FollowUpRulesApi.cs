using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>The rules in use, and whom one of them would hit.</summary>
internal static class FollowUpRulesApi
{
    public static void MapFollowUpRules(this RouteGroupBuilder api)
    {
        var rules = api.MapGroup("/follow-up-rules").WithTags("Follow-ups");
        rules.MapGet("", List).WithName("listFollowUpRules").WithSummary("Rules in use, by name");
        rules.MapGet("/{name}/preview", PreviewAsync).WithName("previewFollowUpRule").WithSummary("Whom a rule hits in a period, sending and writing nothing")
            .TakesQuery(
                QueryParameter.Time("from", "Due at or after. Required."), QueryParameter.Time("below", "Due before. Required."),
                QueryParameter.Limit(usual: 100, most: 1000))
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static Ok<Page<FollowUpRuleView>> List(FollowUpRuleCatalog catalog) => TypedResults.Ok(new Page<FollowUpRuleView>(
        [.. catalog.Current.Rules.All.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal).Select(FollowUpRuleView.Of)], Next: null));

    private static async Task<Results<Ok<RulePreviewView>, ProblemHttpResult>> PreviewAsync(
        string name, QueryValues query, HttpContext context, FollowUpRuleCatalog catalog, RulePreview preview, CancellationToken cancellationToken)
    {
        if (!catalog.Current.Rules.All.TryGetValue(name, out var rule))
        {
            return ApiProblem.NotFound(context, "There is no rule of this name.");
        }

        if ((query.Time("from"), query.Time("below")) is not ({ } from, { } below) || from >= below || below - from > RulePreview.LongestPeriod)
        {
            return ApiProblem.InvalidParameters(
                context, [new("from", $"Send `from` and a later `below`, at most {RulePreview.LongestPeriod.TotalDays:0} days apart.")]);
        }

        return TypedResults.Ok(RulePreviewView.Of(rule, from, below, await preview.RunAsync(rule, from, below, query.Limit, cancellationToken)));
    }
}
