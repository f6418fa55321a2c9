using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Due work: lists for those who do it, figures for those who answer for it, and everything that is done to it.</summary>
internal static class FollowUpsApi
{
    private const int MaxText = 2000;

    private static readonly FollowUpState[] Ends = [FollowUpState.Done, FollowUpState.Refused, FollowUpState.Lost];
    private static readonly Dictionary<string, FollowUpState> States =
        Enum.GetValues<FollowUpState>().ToDictionary(state => state.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static void MapFollowUps(this RouteGroupBuilder api)
    {
        var work = api.MapGroup("/follow-ups").WithTags("Follow-ups");
        work.MapGet("", ListAsync).WithName("listFollowUps").WithSummary("Due work, soonest due first: mine, a team's, a department's, a patient's, what is overdue")
            .TakesQuery(
                QueryParameter.Text("assignee", "Who works on it.", "a person's name or number"),
                QueryParameter.Text("owner", "Whom it was meant for.", "a person as the source names them"),
                QueryParameter.Text("team", "Work-list.", "a team's name"),
                QueryParameter.Text("department", "Department.", "a department as the source names it"),
                QueryParameter.Text("patientId", "Golden record.", "a patient's id"),
                QueryParameter.Text("rule", "Rule.", "a rule's name"),
                QueryParameter.Choice("state", "State.", [.. States.Keys]),
                QueryParameter.Choice("overdue", "`true`: only what is overdue and open.", "true", "false"),
                QueryParameter.Time("dueFrom", "Due at or after."), QueryParameter.Time("dueBelow", "Due before."),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        work.MapGet("/figures", FiguresAsync).WithName("getFollowUpFigures").WithSummary("Rate, timeliness and reach of what was due in a period")
            .TakesQuery(
                QueryParameter.Time("from", "Due at or after. Required."), QueryParameter.Time("below", "Due before. Required."),
                QueryParameter.Choice("by", "What is added up. Default: rule.", "rule", "team", "department"));
        work.MapGet("/deviations", DeviationsAsync).WithName("listProtocolDeviations")
            .WithSummary("Work of a rule with a tolerance that was not done as its protocol says, soonest due first. A page may be short, or empty, and not be the last")
            .TakesQuery(
                QueryParameter.Text("rule", "Rule. Required.", "a rule's name"),
                QueryParameter.Time("dueFrom", "Due at or after."), QueryParameter.Time("dueBelow", "Due before."),
                QueryParameter.Limit(usual: 200, most: 500), QueryParameter.After);
        work.MapGet("/{id}", GetAsync).WithName("getFollowUp").WithSummary("One piece of work with everything that was done to it").ProducesProblem(StatusCodes.Status404NotFound);
        MapActions(work);
    }

    private static void MapActions(RouteGroupBuilder work)
    {
        Map("claim", "claimFollowUp", "Take it", (request, id, who, actions, token) => actions.ClaimAsync(id, who.By, who.Actor, token));
        Map("assign", "assignFollowUp", "Give it to somebody; `to` is required", (request, id, who, actions, token) =>
            actions.AssignAsync(id, request.To!.Trim(), request.Reason?.Trim() ?? "", who.Actor, token), request => Missing(request.To, "to", "Say who gets it."));
        Map("release", "releaseFollowUp", "Give it back to its team", (_, id, who, actions, token) => actions.ReleaseAsync(id, who.Actor, token));
        Map("comments", "commentFollowUp", "Say something about it; `note` is required", (request, id, who, actions, token) =>
            actions.CommentAsync(id, who.By, request.Note!.Trim(), who.Actor, token), request => Missing(request.Note, "note", "Say what is to be remembered."));
        Map("attempts", "attemptFollowUp", "A try that did not end it; `result` is required", (request, id, who, actions, token) =>
            actions.AttemptAsync(id, who.By, request.Result!.Trim(), request.Reached, request.Note?.Trim() ?? "", who.Actor, token),
            request => Missing(request.Result, "result", "Say what came of it, e.g. noAnswer."));
        work.MapPost("/{id}/finish", FinishAsync).RequireAuthorization(Policies.Operate).WithName("finishFollowUp")
            .WithSummary("It ends: `state` done, refused or lost; `answers` to its form are checked and go into the record")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        Map("cancel", "cancelFollowUp", "Nobody needs it; `reason` is required", (request, id, who, actions, token) =>
            actions.CancelAsync(id, request.Reason!.Trim(), who.Actor, token), request => Missing(request.Reason, "reason", "Say why nobody needs it."));
        Map("reopen", "reopenFollowUp", "Take up again what was lost, cancelled or dead; `reason` is required", (request, id, who, actions, token) =>
            actions.ReopenAsync(id, request.Reason!.Trim(), who.Actor, token), request => Missing(request.Reason, "reason", "Say why it is taken up again."));

        void Map(string action, string name, string summary, FollowUpDeed deed, Func<FollowUpRequest, ParameterError?>? check = null) =>
            work.MapPost("/{id}/" + action, (string id, FollowUpRequest request, HttpContext context, FollowUpActions actions, FollowUpRuleCatalog rules) =>
                ActAsync(id, request, context, actions, rules, deed, check)).RequireAuthorization(Policies.Operate).WithName(name).WithSummary(summary)
                .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<FollowUpView>>> ListAsync(QueryValues query, FollowUpStore store, FollowUpRuleCatalog rules, CancellationToken cancellationToken)
    {
        var page = await store.SearchAsync(new FollowUpSearch(
            query.Text("assignee"), query.Text("owner"), query.Text("team"), query.Text("department"), query.Text("patientId"), query.Text("rule"),
            query.Text("state") is { } state ? States[state] : null, query.Text("overdue") == "true", query.Time("dueFrom"), query.Time("dueBelow"), query.Limit, query.After),
            cancellationToken);
        return TypedResults.Ok(new Page<FollowUpView>([.. page.Items.Select(work => ViewOf(work, rules))], page.Next));
    }

    private static async Task<Results<Ok<Page<FollowUpFiguresView>>, ProblemHttpResult>> FiguresAsync(
        QueryValues query, HttpContext context, FollowUpStore store, CancellationToken cancellationToken)
    {
        if ((query.Time("from"), query.Time("below")) is not ({ } from, { } below) || from >= below)
        {
            return ApiProblem.InvalidParameters(context, [new("from", "Send `from` and a later `below`, the period that the figures are of.")]);
        }

        var figures = await store.FiguresAsync(from, below, query.Text("by") ?? "rule", cancellationToken);
        return TypedResults.Ok(new Page<FollowUpFiguresView>([.. figures.Select(FollowUpFiguresView.Of)], Next: null));
    }

    private static async Task<Results<Ok<Page<DeviationView>>, ProblemHttpResult>> DeviationsAsync(
        QueryValues query, HttpContext context, FollowUpStore store, FollowUpRuleCatalog rules, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (query.Text("rule") is not { } name || !rules.Current.Rules.All.TryGetValue(name, out var rule) || rule.Tolerance is not { } tolerance)
        {
            return ApiProblem.InvalidParameters(context, [new("rule", "Name a rule that has a tolerance; without one it is no protocol.",
                [.. rules.Current.Rules.All.Values.Where(rule => rule.Tolerance is not null).Select(rule => rule.Name).Order(StringComparer.Ordinal)])]);
        }

        var page = await store.SearchAsync(
            new FollowUpSearch(Rule: name, DueFrom: query.Time("dueFrom"), DueBelow: query.Time("dueBelow"), Limit: query.Limit, After: query.After), cancellationToken);
        var deviations = page.Items.Select(work => ProtocolDeviation.Of(work, tolerance, rules.Current.Calendar, clock.GetUtcNow())).OfType<ProtocolDeviation>();
        return TypedResults.Ok(new Page<DeviationView>([.. deviations.Select(deviation => DeviationView.Of(deviation, rule))], page.Next));
    }

    private static async Task<Results<Ok<FollowUpView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, FollowUpStore store, FollowUpRuleCatalog rules, CancellationToken cancellationToken) =>
        await store.GetAsync(id, cancellationToken) is var (work, _) ? TypedResults.Ok(ViewOf(work, rules)) : NotFound(context);

    private static Task<Results<Ok<FollowUpView>, ProblemHttpResult>> FinishAsync(
        string id, FollowUpRequest request, HttpContext context, FollowUpActions actions, FollowUpRuleCatalog rules, AnsweredFollowUps answered) =>
        ActAsync(
            id, request, context, actions, rules,
            (finish, work, who, _, token) => answered.FinishAsync(work, States[finish.State!], who.By, finish.Note?.Trim() ?? "", finish.Answers, who.Actor, token),
            finish => finish.State is { } state && States.TryGetValue(state, out var end) && Ends.Contains(end) ? null : new("state", "Send done, refused or lost.", ["done", "refused", "lost"]));

    private static async Task<Results<Ok<FollowUpView>, ProblemHttpResult>> ActAsync(
        string id, FollowUpRequest request, HttpContext context, FollowUpActions actions, FollowUpRuleCatalog rules, FollowUpDeed deed,
        Func<FollowUpRequest, ParameterError?>? check)
    {
        var errors = new List<ParameterError>(check?.Invoke(request) is { } error ? [error] : []);
        errors.AddRange(new[] { ("by", request.By), ("to", request.To), ("result", request.Result), ("note", request.Note), ("reason", request.Reason) }
            .Where(text => text.Item2?.Length > MaxText).Select(text => new ParameterError(text.Item1, $"It must be at most {MaxText} characters.")));
        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        var actor = Actor.Of(context);
        return await deed(request, id, (request.By?.Trim() is { Length: > 0 } by ? by : actor, actor), actions, context.RequestAborted) switch
        {
            FollowUpActionResult.Done done => TypedResults.Ok(ViewOf(done.Work, rules)),
            FollowUpActionResult.NotAllowed now => ApiProblem.FollowUpNotNow(context, $"The work is {now.State.ToString().ToLowerInvariant()}, or somebody else has it."),
            FollowUpActionResult.WrongAnswers wrong => ApiProblem.WrongAnswers(context, wrong.Problems),
            _ => NotFound(context),
        };
    }

    private static FollowUpView ViewOf(FollowUpDocument work, FollowUpRuleCatalog rules) => FollowUpView.Of(work, rules.Current.Rules.All.GetValueOrDefault(work.Rule));

    private static ParameterError? Missing(string? text, string name, string detail) => string.IsNullOrWhiteSpace(text) ? new(name, detail) : null;

    private static ProblemHttpResult NotFound(HttpContext context) => ApiProblem.NotFound(context, "There is no work of this id.");

    private delegate ValueTask<FollowUpActionResult> FollowUpDeed(
        FollowUpRequest request, string id, (string By, string Actor) who, FollowUpActions actions, CancellationToken cancellationToken);
}
