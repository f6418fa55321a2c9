using System.Net.Mime;
using System.Text;
using Integration.Core.Mapping.Codes;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Code maps as tables for spreadsheets.</summary>
internal static class CodeTablesApi
{
    private static readonly QueryParameter Feed = QueryParameter.Text(
        "feed", "The feed whose own entries are meant, which come before the product's. Without it: the product's table.", "a feed's name");

    private static readonly QueryParameter Preview = QueryParameter.Choice(
        "preview", "`true` (default): only say what would change. `false`: take it.", "true", "false");

    private static readonly QueryParameter Reason = QueryParameter.Text("reason", "Why, for the audit.", "a text");

    public static void MapCodeTables(this RouteGroupBuilder api)
    {
        var tables = api.MapGroup("/mappings/code-tables").WithTags("Mappings");
        tables.MapGet("", ListTables).WithName("listCodeTables").WithSummary("The code maps there are")
            .ProducesProblem(StatusCodes.Status409Conflict);
        tables.MapGet("/{name}/history", HistoryAsync).WithName("getCodeTableHistory").WithSummary("How a table came to be as it is: its versions, and who imported or rolled back")
            .WithDescription($"Of the newest {CodeTables.MostNumbers} numbers of mappings.").TakesQuery(Feed).ProducesProblem(StatusCodes.Status404NotFound);
        tables.MapGet("/{name}", ExportAsync).WithName("exportCodeTable").WithSummary("A code map as a table: source,code,system,display,validFrom,validTo")
            .TakesQuery(Feed, Number("As it was in the mappings of this number; without it as it is now."))
            .Produces(StatusCodes.Status200OK, contentType: MediaTypeNames.Text.Csv).ProducesProblem(StatusCodes.Status404NotFound);
        tables.MapPost("/{name}", ImportAsync).RequireAuthorization(Policies.Operate).WithName("importCodeTable")
            .WithSummary("What a changed table changes, and take it")
            .WithDescription("The body is the whole table as it shall be: lines that it lacks are removed. Nothing is written when the mappings would not be valid with it.")
            .Accepts<byte[]>(MediaTypeNames.Text.Csv).TakesQuery(Feed, Preview, Reason)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        tables.MapPost("/{name}/roll-back", RollBackAsync).RequireAuthorization(Policies.Operate).WithName("rollBackCodeTable")
            .WithSummary("Put the table of earlier mappings in use again")
            .TakesQuery(Feed, Number("Of the earlier mappings, see /mappings/versions. Required."), Preview, Reason)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static QueryParameter Number(string description) =>
        QueryParameter.Text("number", description, "a whole number from 1", text => long.TryParse(text, out var number) && number > 0);

    private static Results<Ok<CodeTableList>, ProblemHttpResult> ListTables(HttpContext context, CodeTables tables)
    {
        try
        {
            return TypedResults.Ok(new CodeTableList(tables.List()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ApiProblem.NotNow(context, $"A mapping file cannot be read now: {e.Message}");
        }
    }

    private static async Task<Results<Ok<CodeTableHistoryView>, ProblemHttpResult>> HistoryAsync(
        string name, QueryValues query, HttpContext context, CodeTables tables, CancellationToken cancellationToken) =>
        await tables.HistoryAsync(name, query.Text("feed"), cancellationToken) is { } history ? TypedResults.Ok(CodeTableHistoryView.Of(history)) : NoTable(context);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ExportAsync(
        string name, QueryValues query, HttpContext context, CodeTables tables, CancellationToken cancellationToken) =>
        await tables.ExportAsync(name, query.Text("feed"), NumberOf(query), cancellationToken) is { } table
            ? TypedResults.File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(table.ToCsv())], MediaTypeNames.Text.Csv, name + ".csv")
            : NoTable(context);

    private static async Task<Results<Ok<CodeTableAnswer>, ProblemHttpResult>> ImportAsync(
        string name, QueryValues query, HttpContext context, CodeTables tables, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        return CodeTable.Read(body.ToArray(), out var problem) is { } table
            ? await AnswerAsync(query, context, () => tables.ImportAsync(RequestOf(name, query, context), table, cancellationToken))
            : ApiProblem.InvalidBody(context, [new("body", problem!)]);
    }

    private static async Task<Results<Ok<CodeTableAnswer>, ProblemHttpResult>> RollBackAsync(
        string name, QueryValues query, HttpContext context, CodeTables tables, CancellationToken cancellationToken) =>
        NumberOf(query) is { } number
            ? await AnswerAsync(query, context, () => tables.RollBackAsync(RequestOf(name, query, context), number, cancellationToken))
            : ApiProblem.InvalidParameters(context, [new("number", "Say which mappings to go back to; /api/v1/mappings/versions lists them.")]);

    private static async Task<Results<Ok<CodeTableAnswer>, ProblemHttpResult>> AnswerAsync(QueryValues query, HttpContext context, Func<ValueTask<CodeTableResult>> run)
    {
        try
        {
            return await run() switch
            {
                CodeTableResult.Done done => TypedResults.Ok(CodeTableAnswer.Of(done)),
                CodeTableResult.Refused refused => ApiProblem.MappingsInvalid(context, [.. refused.Problems.Select(ProblemView.Of)]),
                _ => NoTable(context),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ApiProblem.NotNow(context, $"The code map cannot be written: {e.Message}");
        }
    }

    private static CodeTableRequest RequestOf(string name, QueryValues query, HttpContext context) =>
        new(name, query.Text("feed"), IsTaken(query), Actor.Of(context), query.Text("reason")?.Trim() ?? "");

    private static bool IsTaken(QueryValues query) => query.Text("preview") == "false";

    private static long? NumberOf(QueryValues query) => query.Text("number") is { } text ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static ProblemHttpResult NoTable(HttpContext context) =>
        ApiProblem.NotFound(context, "There is no code map of this name for this feed, or no mappings of this number. GET /api/v1/mappings lists the files.");
}
