using Integration.Core.Mapping;
using Integration.Core.Mapping.Codes;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>The work-list: codes that no code map lists, and fields that no rule reads.</summary>
internal static class UnmappedCodesApi
{
    private const int MaxText = 200;

    public static void MapUnmappedCodes(this RouteGroupBuilder api)
    {
        var mappings = api.MapGroup("/mappings").WithTags("Mappings");
        mappings.MapGet("/unmapped-codes", ListAsync).WithName("listUnmappedCodes").WithSummary("Codes that no code map lists, those seen last first")
            .TakesQuery(
                QueryParameter.Text("feed", "Name of a feed.", "a feed's name"),
                QueryParameter.Text("codeMap", "Name of a code map, e.g. AdministrativeSex.", "a code map's name"),
                QueryParameter.Choice("state", "`open` (default): those that messages wait for, so that a page may be short. `all`: also those that are done.", "open", "all"),
                QueryParameter.Limit(usual: 50, most: 200), QueryParameter.After);
        mappings.MapGet("/unmapped-codes/{id}", GetAsync).WithName("getUnmappedCode").WithSummary("A code with the targets it probably means")
            .ProducesProblem(StatusCodes.Status404NotFound);
        mappings.MapPost("/unmapped-codes/{id}/map", MapAsync).RequireAuthorization(Policies.Operate).WithName("mapCode")
            .WithSummary("Map a code: its feed's code map gets it, is put in use, and the messages that waited for it run again")
            .WithDescription("Writes `mappings/sites/FEED/codesystems/CODEMAP.yaml`. Nothing is written when the mappings would not be valid with it.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        mappings.MapGet("/unread-fields", UnreadAsync).WithName("listUnreadFields").WithSummary("Fields with values that no rule reads, the most frequent first")
            .WithDescription($"Counted over the newest messages that are done, at most {UnreadReport.MostMessages}.")
            .TakesQuery(QueryParameter.Text("feed", "Name of a feed.", "a feed's name"), QueryParameter.Limit(usual: 1000, most: UnreadReport.MostMessages));
    }

    /// <summary>What is wrong with a target; null when nothing is.</summary>
    public static string? Problem(string? code, string? system, string? display) =>
        string.IsNullOrWhiteSpace(code) || code.Length > MaxText ? $"Say which code it means, in at most {MaxText} characters."
        : new[] { code, system, display }.Any(text => text?.Length > MaxText || text?.Any(char.IsControl) == true) ? $"Texts have at most {MaxText} characters and no line breaks."
        : null;

    private static async Task<Ok<Page<UnmappedCodeView>>> ListAsync(QueryValues query, UnmappedCodeStore codes, CancellationToken cancellationToken)
    {
        var (entries, next) = await codes.ListAsync(
            query.Text("feed"), query.Text("codeMap"), query.Text("state") != "all", query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<UnmappedCodeView>([.. entries.Select(UnmappedCodeView.Of)], next));
    }

    private static async Task<Results<Ok<UnmappedCodeDetailView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, UnmappedCodeStore codes, MappingCatalog catalog, CancellationToken cancellationToken)
    {
        if (await codes.GetAsync(id, cancellationToken) is not var (entry, _))
        {
            return NoCode(context);
        }

        var code = entry.Document;
        return TypedResults.Ok(new UnmappedCodeDetailView(
            UnmappedCodeView.Of(entry), CodeSuggestions.For(code.Code, code.Text, catalog.Current.CodesOf(code.Feed, code.CodeMap) ?? [])));
    }

    private static async Task<Results<Accepted<MapCodeAnswer>, ProblemHttpResult>> MapAsync(
        string id, MapCodeRequest request, HttpContext context, CodeMapping mapping, CancellationToken cancellationToken)
    {
        if (Problem(request.Code, request.System, request.Display) is { } problem)
        {
            return ApiProblem.InvalidBody(context, [new("code", problem)]);
        }

        if (request.Reason is { Length: > 500 })
        {
            return ApiProblem.InvalidBody(context, [new("reason", "It must be at most 500 characters.")]);
        }

        try
        {
            return await mapping.MapAsync(
                id, new CodeTarget(request.Code!.Trim(), request.System, request.Display), Actor.Of(context), request.Reason?.Trim() ?? "", cancellationToken) switch
            {
                CodeMappingResult.Done done => TypedResults.Accepted(
                    $"/api/v1/operations/{done.Replay.Id}", new MapCodeAnswer(MappingStatusView.Of(done.Status), OperationView.Of(done.Replay))),
                CodeMappingResult.Refused refused => ApiProblem.MappingsInvalid(context, [.. refused.Problems.Select(ProblemView.Of)]),
                _ => NoCode(context),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ApiProblem.NotNow(context, $"The code map cannot be written: {e.Message}");
        }
    }

    private static async Task<Ok<UnreadView>> UnreadAsync(QueryValues query, UnreadReport report, CancellationToken cancellationToken) =>
        TypedResults.Ok(UnreadView.Of(await report.CountAsync(query.Text("feed"), query.Limit, cancellationToken)));

    private static ProblemHttpResult NoCode(HttpContext context) => ApiProblem.NotFound(context, "There is no code of this id on the work-list.");
}
