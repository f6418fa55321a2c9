using Integration.Core.Operations;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Messages that failed, by cause; and what is done to many messages at once.</summary>
internal static class DeadLettersApi
{
    private const int MaxReason = 500;

    public static void MapDeadLetters(this RouteGroupBuilder api)
    {
        var letters = api.MapGroup("/dead-letters").WithTags("Dead letters");
        letters.MapGet("", ListAsync).WithName("listDeadLetters").WithSummary("Failed messages by what they failed at, most first")
            .TakesQuery(QueryParameter.Text("feed", "Name of a feed.", "a feed's name"), QueryParameter.Limit(usual: 50, most: 200));
        letters.MapPost("/retry", RetryAsync).RequireAuthorization(Policies.Operate).WithName("retryDeadLetters")
            .WithSummary("Run failed messages again with the mappings of now: some by id, a group by its cause, or all that fit")
            .WithDescription("Answers at once with an operation, whose address tells how far it is. Without any condition: every failed message.");
        letters.MapPost("/discard", DiscardAsync).RequireAuthorization(Policies.Operate).WithName("discardDeadLetters")
            .WithSummary("Filter failed messages: they shall have no effect. Their bytes are kept")
            .WithDescription("Needs `ids` or `cause`, and a `reason`. A discarded message can be brought back by replaying it.");
        api.MapPost("/replays", ReplayAsync).RequireAuthorization(Policies.Operate).WithTags("Operations").WithName("startReplay")
            .WithSummary("Run the messages of a time range again with the mappings of now, in order of arrival")
            .WithDescription("Needs `from` and `below`. Nothing that was sent because of them is sent again.");

        var operations = api.MapGroup("/operations").WithTags("Operations");
        operations.MapGet("", OperationsAsync).WithName("listOperations").WithSummary("Retries, discards and replays, newest first")
            .TakesQuery(QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        operations.MapGet("/{id}", OperationAsync).WithName("getOperation").WithSummary("How far an operation is")
            .ProducesProblem(StatusCodes.Status404NotFound);
        operations.MapPost("/{id}/cancel", CancelAsync).RequireAuthorization(Policies.Operate).WithName("cancelOperation")
            .WithSummary("Leave the messages alone that were not taken up yet").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<DeadLetterView>>> ListAsync(QueryValues query, DeadLetters letters, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<DeadLetterView>(
            [.. (await letters.GroupAsync(query.Text("feed"), query.Limit, cancellationToken)).Select(DeadLetterView.Of)], Next: null));

    private static Task<Results<Accepted<OperationView>, ProblemHttpResult>> RetryAsync(
        SelectionRequest request, HttpContext context, MessageOperations operations) =>
        StartAsync(OperationKind.Retry, request, [], context, operations);

    private static Task<Results<Accepted<OperationView>, ProblemHttpResult>> DiscardAsync(
        SelectionRequest request, HttpContext context, MessageOperations operations)
    {
        var errors = new List<ParameterError>();
        if (request is { Ids: null, Cause: null })
        {
            errors.Add(new("ids", "Send `ids` or `cause`: failed messages are not discarded wholesale."));
        }

        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            errors.Add(new("reason", "Say why they shall have no effect."));
        }

        return StartAsync(OperationKind.Discard, request, errors, context, operations);
    }

    private static Task<Results<Accepted<OperationView>, ProblemHttpResult>> ReplayAsync(
        SelectionRequest request, HttpContext context, MessageOperations operations) =>
        StartAsync(OperationKind.Replay, request,
            request is { From: not null, Below: not null, Ids: null } ? [] : [new("from", "Send `from` and `below`, and no `ids`: a replay is of a time range.")], context, operations);

    private static async Task<Results<Accepted<OperationView>, ProblemHttpResult>> StartAsync(
        OperationKind kind, SelectionRequest request, List<ParameterError> errors, HttpContext context, MessageOperations operations)
    {
        Check(request, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        var operation = await operations.StartAsync(kind, request.ToSelection(), Actor.Of(context), request.Reason?.Trim() ?? "", context.RequestAborted);
        return TypedResults.Accepted($"/api/v1/operations/{operation.Id}", OperationView.Of(operation));
    }

    private static void Check(SelectionRequest request, List<ParameterError> errors)
    {
        if (request.Ids is { } ids && (ids.Count is 0 or > MessageSelection.MaxIds || request is not { Cause: null, Feed: null, Type: null, From: null, Below: null }))
        {
            errors.Add(new("ids", $"Send 1 to {MessageSelection.MaxIds} ids, and no other condition with them."));
        }

        if (request.From >= request.Below)
        {
            errors.Add(new("below", "It must be later than `from`."));
        }

        if (request.Reason?.Length > MaxReason)
        {
            errors.Add(new("reason", $"It must be at most {MaxReason} characters."));
        }
    }

    private static async Task<Ok<Page<OperationView>>> OperationsAsync(QueryValues query, MessageOperations operations, CancellationToken cancellationToken)
    {
        var (found, next) = await operations.ListAsync(query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<OperationView>([.. found.Select(OperationView.Of)], next));
    }

    private static async Task<Results<Ok<OperationView>, ProblemHttpResult>> OperationAsync(
        string id, HttpContext context, MessageOperations operations, CancellationToken cancellationToken) =>
        await operations.GetAsync(id, cancellationToken) is { } operation ? TypedResults.Ok(OperationView.Of(operation)) : NoOperation(context);

    private static async Task<Results<Ok<OperationView>, ProblemHttpResult>> CancelAsync(
        string id, HttpContext context, MessageOperations operations, CancellationToken cancellationToken) =>
        await operations.CancelAsync(id, Actor.Of(context), "", cancellationToken) is { } operation
            ? TypedResults.Ok(OperationView.Of(operation))
            : NoOperation(context);

    private static ProblemHttpResult NoOperation(HttpContext context) => ApiProblem.NotFound(context, "There is no operation of this id.");
}
