using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Core.Pipeline;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Every configured feed as it stands now, whether everything is accounted for, and what is missing.</summary>
internal static class FeedsApi
{
    public static void MapFeeds(this RouteGroupBuilder api)
    {
        api.MapGet("/feeds", ListAsync).WithTags("Feeds").WithName("listFeeds").WithSummary("Every feed with its state, rates and counts")
            .WithDescription("In the order of configuration, all in one page. `counts` holds messages by state; their sum is everything that came in and that retention has not removed.");
        api.MapGet("/feeds/{feed}/gaps", GapsAsync).WithTags("Feeds").WithName("listGaps")
            .WithSummary("The senders of a feed that number their messages, and what is missing, most first")
            .TakesQuery(QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/feeds/{feed}/watermark", SetWatermarkAsync).RequireAuthorization(Policies.Operate).WithTags("Feeds").WithName("setWatermark")
            .WithSummary("Have a feed that asks a table go on from another place, with its next round")
            .WithDescription("Set back, it reads again and hands over only what is missing or other; set forward, it leaves out what is between. Written to the audit.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/engine", Engine).WithTags("Operations").WithName("getEngine")
            .WithSummary("When this process started, how the one before ended, and what that left unfinished");
        api.MapGet("/conservation", Conservation).WithTags("Feeds").WithName("getConservation")
            .WithSummary("In = done + waiting + failed + filtered + duplicate, in numbers of one moment");
    }

    private static async Task<Ok<Page<FeedStatus>>> ListAsync(IFeedBoard board, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<FeedStatus>(await board.GetAsync(cancellationToken), Next: null));

    private static async Task<Results<Ok<Page<SenderGapsView>>, ProblemHttpResult>> GapsAsync(
        string feed, QueryValues query, HttpContext context, IFeedBoard board, SequenceWatch sequences, CancellationToken cancellationToken)
    {
        var (senders, next) = await sequences.ListAsync(feed, query.Limit, query.After, cancellationToken);
        return senders.Count == 0 && (await board.GetAsync(cancellationToken)).All(f => f.Name != feed)
            ? ApiProblem.NotFound(context, "There is no feed of this name.")
            : TypedResults.Ok(new Page<SenderGapsView>([.. senders.Select(SenderGapsView.Of)], next));
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> SetWatermarkAsync(
        string feed, WatermarkRequest request, HttpContext context, FeedPlaces places, CancellationToken cancellationToken)
    {
        if (request.Reason is not { Length: > 0 and <= 500 } reason)
        {
            return ApiProblem.InvalidBody(context, [new("reason", "Say why, in at most 500 characters.")]);
        }

        return await places.SetAsync(feed, request.Watermark, Actor.Of(context), reason.Trim(), cancellationToken) switch
        {
            PlaceOutcome.Set => TypedResults.Accepted("/api/v1/feeds"),
            PlaceOutcome.NotReadable => ApiProblem.InvalidBody(context, [new("watermark", "It can be no watermark of this feed. Write it as the feed's place shows it.")]),
            _ => ApiProblem.NotFound(context, "There is no feed of this name that goes by a watermark."),
        };
    }

    private static Results<Ok<EngineView>, ProblemHttpResult> Engine(EngineRun engine, HttpContext context) =>
        engine.Findings is { } findings ? TypedResults.Ok(EngineView.Of(findings)) : ApiProblem.NotFound(context, "The engine is still starting. Ask again shortly.");

    private static Ok<ConservationView> Conservation(MessageTally tally, TimeProvider clock) =>
        TypedResults.Ok(ConservationView.Of(tally.Snapshot(), clock.GetUtcNow()));
}
