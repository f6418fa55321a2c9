using System.Net.Mime;
using Integration.Core.Reconciliation;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Comparisons, at the end of a day, of what a source counts with what the record holds.</summary>
internal static class ReconciliationsApi
{
    public static void MapReconciliations(this RouteGroupBuilder api)
    {
        var reconciliations = api.MapGroup("/reconciliations").WithTags("Reconciliation");
        reconciliations.MapGet("", ListAsync).WithName("listReconciliations").WithSummary("Comparisons made, newest first")
            .TakesQuery(QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        reconciliations.MapGet("/{id}", GetAsync).WithName("getReconciliation").WithSummary("One comparison with every number that differs")
            .ProducesProblem(StatusCodes.Status404NotFound);
        reconciliations.MapPost("", RunAsync).RequireAuthorization(Policies.Operate).WithName("reconcile")
            .WithSummary("Compare what a source did in a period with what the record holds of it: counts, sums, and the numbers that differ")
            .WithDescription(
                "The body is the source's list as text, a line for each visit, charge or report: its number, and behind a comma its amount where it has one. "
                + "The answer is kept.")
            .Accepts<byte[]>(MediaTypeNames.Application.Octet)
            .TakesQuery(
                QueryParameter.Choice("section", "What is listed. Required.", [.. Reconciler.Sections]),
                QueryParameter.Time("from", "Beginning of the period. Required."),
                QueryParameter.Time("below", "End of the period, not part of it. Required."),
                QueryParameter.Text("system", "Only numbers of this system count, e.g. `urn:authority:HIS`.", "a URI"));
    }

    private static async Task<Ok<Page<ReconciliationView>>> ListAsync(QueryValues query, Reconciler reconciler, CancellationToken cancellationToken)
    {
        var (outcomes, next) = await reconciler.ListAsync(query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<ReconciliationView>([.. outcomes.Select(o => ReconciliationView.Of(o, listed: false))], next));
    }

    private static async Task<Results<Ok<ReconciliationView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, Reconciler reconciler, CancellationToken cancellationToken) =>
        await reconciler.GetAsync(id, cancellationToken) is { } outcome
            ? TypedResults.Ok(ReconciliationView.Of(outcome, listed: true))
            : ApiProblem.NotFound(context, "There is no comparison of this id.");

    private static async Task<Results<Created<ReconciliationView>, ProblemHttpResult>> RunAsync(
        QueryValues query, HttpContext context, Reconciler reconciler, CancellationToken cancellationToken)
    {
        var errors = new List<ParameterError>();
        if (query.Text("section") is not { } section)
        {
            errors.Add(new("section", "Say what the list is of.", Reconciler.Sections));
            section = "";
        }

        if ((query.Time("from"), query.Time("below")) is not ({ } from, { } below))
        {
            errors.Add(new("from", "Send `from` and `below`, the period that the list is of."));
            (from, below) = (default, default);
        }
        else if (from >= below)
        {
            errors.Add(new("below", "It must be later than `from`."));
        }

        if (errors.Count > 0)
        {
            return ApiProblem.InvalidParameters(context, errors);
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        if (SourceList.Read(body.ToArray(), out var problem) is not { } source)
        {
            return ApiProblem.InvalidBody(context, [new("body", problem!)]);
        }

        var outcome = await reconciler.RunAsync(
            new ReconciliationRequest(section, from, below, query.Text("system"), source), Actor.Of(context), cancellationToken);
        return TypedResults.Created($"/api/v1/reconciliations/{outcome.Id}", ReconciliationView.Of(outcome, listed: true));
    }
}
