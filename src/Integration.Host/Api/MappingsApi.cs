using System.Net.Mime;
using Integration.Core.Diagnostics;
using Integration.Core.DryRuns;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Versions;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Commands.Mapping;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>The mappings in use, and what messages would become by them.</summary>
internal static class MappingsApi
{
    /// <summary>Messages that one dry run takes.</summary>
    public const int MostMessages = 100;

    public static void MapMappings(this RouteGroupBuilder api)
    {
        var mappings = api.MapGroup("/mappings").WithTags("Mappings");
        mappings.MapGet("", (MappingReload reload) => TypedResults.Ok(MappingStatusView.Of(reload.Status))).WithName("getMappings")
            .WithSummary("The mappings in use, and why changed files are not");
        mappings.MapPost("/reload", ReloadAsync).RequireAuthorization(Policies.Operate).WithName("reloadMappings")
            .WithSummary("Look at the mapping files now instead of within five seconds")
            .WithDescription("Valid files are put in use as a whole; of others `refused` says why not, and what is in use stays.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        mappings.MapGet("/versions", VersionsAsync).WithName("listMappingVersions").WithSummary("Mappings that are or were in use, newest first")
            .TakesQuery(QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        mappings.MapPost("/check", Check).WithName("checkMappings")
            .WithSummary("What is wrong with the mapping files as they lie there now. Changes nothing").ProducesProblem(StatusCodes.Status409Conflict);
        mappings.MapPost("/test", Test).WithName("testMappings")
            .WithSummary("Run the sites' own tests by the mappings in use. Writes nothing").ProducesProblem(StatusCodes.Status409Conflict);
        mappings.MapGet("/coverage", CoverAsync).WithName("coverMappings")
            .WithSummary("Which rules write something in the newest messages of a feed, and which fields nobody reads")
            .WithDescription("The messages are mapped again by the mappings in use.")
            .TakesQuery(QueryParameter.Text("feed", "Required.", "a feed's name"), QueryParameter.Limit(usual: 200, most: MappingChecks.MostMessages));
        mappings.MapPost("/dry-run", DryRunAsync).WithName("dryRun").WithSummary("What messages would become and would change. Writes nothing")
            .WithDescription($"The body is one HL7 v2 message or a file of at most {MostMessages}, in any character set; or one FHIR R4 resource or Bundle, or at most {MostMessages} as NDJSON.")
            .Accepts<byte[]>(MediaTypeNames.Application.Octet)
            .TakesQuery(
                QueryParameter.Text("feed", "The feed whose settings and mappings are used. Required.", "a feed's name"),
                QueryParameter.Choice("explain", "`true`: each value with the rules that wrote it and where it was read.", "true", "false"));
    }

    private static async Task<Results<Ok<MappingStatusView>, ProblemHttpResult>> ReloadAsync(
        HttpContext context, MappingReload reload, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(MappingStatusView.Of(await reload.ReloadAsync(cancellationToken)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ApiProblem.NotNow(context, $"A mapping file cannot be read now: {e.Message}");
        }
    }

    private static async Task<Ok<Page<MappingVersionView>>> VersionsAsync(QueryValues query, MappingVersionStore versions, CancellationToken cancellationToken)
    {
        var (found, next) = await versions.ListAsync(query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new Page<MappingVersionView>([.. found.Select(MappingVersionView.Of)], next));
    }

    private static Results<Ok<MappingCheckView>, ProblemHttpResult> Check(HttpContext context, MappingChecks checks)
    {
        try
        {
            var (version, problems) = checks.Check();
            return TypedResults.Ok(new MappingCheckView(version, [.. problems.Select(ProblemView.Of)]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ApiProblem.NotNow(context, $"A mapping file cannot be read now: {e.Message}");
        }
    }

    private static Results<Ok<MappingTestView>, ProblemHttpResult> Test(HttpContext context, MappingChecks checks)
    {
        try
        {
            return TypedResults.Ok(MappingTestView.Of(checks.Test()));
        }
        catch (ConfigurationException e)
        {
            return ApiProblem.NotNow(context, string.Join(' ', e.Problems));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ApiProblem.NotNow(context, $"A test cannot be read now: {e.Message}");
        }
    }

    private static async Task<Results<Ok<MappingCoverageView>, ProblemHttpResult>> CoverAsync(
        QueryValues query, HttpContext context, MappingChecks checks, FeedContexts feeds, CancellationToken cancellationToken) =>
        query.Text("feed") is { } feed && feeds.Names.Contains(feed)
            ? TypedResults.Ok(MappingCoverageView.Of(await checks.CoverAsync(feed, query.Limit, cancellationToken)))
            : NoFeed(context, feeds);

    private static ProblemHttpResult NoFeed(HttpContext context, FeedContexts feeds) =>
        ApiProblem.InvalidParameters(context, [new("feed", $"It must be one of {string.Join(", ", feeds.Names)}.", feeds.Names)]);

    private static async Task<Results<Ok<DryRunAnswer>, ProblemHttpResult>> DryRunAsync(
        QueryValues query, HttpContext context, DryRun dryRun, FeedContexts feeds, CancellationToken cancellationToken)
    {
        if (query.Text("feed") is not { } feed || !feeds.Names.Contains(feed))
        {
            return NoFeed(context, feeds);
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        var messages = await MappableMessages.SplitAsync(body.ToArray(), cancellationToken);
        if (messages.Count is 0 or > MostMessages)
        {
            return ApiProblem.InvalidBody(context, [new("body", $"Send 1 to {MostMessages} HL7 v2 messages, FHIR resources or Bundles.")]);
        }

        var answers = new List<DryRunView>();
        foreach (var message in messages)
        {
            answers.Add(DryRunView.Of(await dryRun.RunAsync(message, MappableMessages.FormatOf(message), feed, cancellationToken), query.Text("explain") == "true"));
        }

        return TypedResults.Ok(new DryRunAnswer(answers));
    }
}
