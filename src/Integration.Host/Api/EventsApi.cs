using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>What happened and what changed, as endless lists with a cursor; and the catalogue of events.</summary>
internal static class EventsApi
{
    private const string Changes = "changes";
    private const string Events = "events";
    private const int MostWaited = 30;

    // A store of several processes tells nobody of a commit. Looking costs three look-ups in an index.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private static readonly QueryParameter Wait = new(
        "wait", "Seconds to wait for something new when there is nothing. Usually 0.", string.Create(CultureInfo.InvariantCulture, $"a whole number from 0 to {MostWaited}"),
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MostWaited ? text : null,
        () => new() { Type = Microsoft.OpenApi.JsonSchemaType.Integer, Minimum = "0", Maximum = "30" });

    public static void MapEvents(this RouteGroupBuilder api)
    {
        api.MapGet("/changes", ChangesAsync).WithTags("Changes").WithName("readChanges").WithSummary("Every change of the record since a cursor, in order")
            .WithDescription("Begin without `since`, then send `cursor` of each answer as `since`, for ever. A resource stands in the list where it was changed last: "
                + "take each as it is, delete what is `deleted`, and the copy equals a full export whenever `caughtUp` is true. Nothing is skipped, whoever writes meanwhile.")
            .TakesQuery(Since(Changes), QueryParameter.Limit(usual: 100, most: 1000), Wait,
                QueryParameter.Choice("content", "`none` leaves the resources themselves out. Usually `full`.", "full", "none"));
        api.MapGet("/events", EventsAsync).WithTags("Events").WithName("readEvents").WithSummary("Events since a cursor, in order")
            .WithDescription("As `/changes`, for whoever would rather ask than be told. `type` takes a type, `appointment.*`, or several with commas.")
            .TakesQuery(
                Since(Events), QueryParameter.Text("type", "Only these types.", "types of events", text => PatternsOf(text).All(p => EventCatalog.All.Any(t => t.Matches(p)))),
                QueryParameter.Limit(usual: 100, most: 1000), Wait);
        api.MapGet("/events/{id}", GetAsync).WithTags("Events").WithName("getEvent").WithSummary("One event").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/event-types", () => TypedResults.Ok(new Page<EventTypeView>([.. EventCatalog.All.Select(EventTypeView.Of)], Next: null)))
            .WithTags("Events").WithName("listEventTypes").WithSummary("The catalogue of events");
        api.MapGet("/event-types/{type}", Schema).WithTags("Events").WithName("getEventSchema").WithSummary("JSON Schema of the data of an event type")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<ChangesView>> ChangesAsync(QueryValues query, ChangeFeed feed, TimeProvider clock, CancellationToken cancellationToken)
    {
        var page = await WaitForAsync(
            query, Changes, clock, after => feed.ReadAsync(after, query.Limit, cancellationToken), p => (p.Changes.Count, p.Sequence, p.IsCaughtUp), cancellationToken);
        var full = query.Text("content") != "none";
        return TypedResults.Ok(new ChangesView([.. page.Changes.Select(change => ChangeView.Of(change, full))], FeedCursor.Write(Changes, page.Sequence), page.IsCaughtUp));
    }

    private static async Task<Ok<EventsView>> EventsAsync(QueryValues query, EventReader reader, TimeProvider clock, CancellationToken cancellationToken)
    {
        var patterns = PatternsOf(query.Text("type") ?? "");
        var page = await WaitForAsync(
            query, Events, clock, after => reader.ReadAsync(after, patterns, query.Limit, cancellationToken), p => (p.Events.Count, p.Sequence, p.IsCaughtUp), cancellationToken);
        return TypedResults.Ok(new EventsView([.. page.Events.Select(EventView.Of)], FeedCursor.Write(Events, page.Sequence), page.IsCaughtUp));
    }

    private static async Task<Results<Ok<EventView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, EventReader reader, CancellationToken cancellationToken) =>
        await reader.GetAsync(id, cancellationToken) is { } e ? TypedResults.Ok(EventView.Of(e)) : ApiProblem.NotFound(context, "There is no event of this id.");

    private static Results<JsonHttpResult<JsonObject>, ProblemHttpResult> Schema(string type, HttpContext context) =>
        EventCatalog.Find(type) is { } found
            ? TypedResults.Json(EventSchema.Of(found), contentType: "application/schema+json")
            : ApiProblem.NotFound(context, "There is no event type of this name.");

    private static async Task<T> WaitForAsync<T>(
        QueryValues query, string feed, TimeProvider clock, Func<long, ValueTask<T>> read, Func<T, (int Count, long Sequence, bool IsCaughtUp)> look,
        CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(int.Parse(query.Text("wait") ?? "0", CultureInfo.InvariantCulture));
        var after = query.Text("since") is { } since ? FeedCursor.Read(feed, since)!.Value : 0;
        var began = clock.GetTimestamp();
        while (true)
        {
            var page = await read(after);
            var (count, sequence, isCaughtUp) = look(page);
            if (count > 0 || !isCaughtUp || clock.GetElapsedTime(began) >= wait)
            {
                return page;
            }

            after = sequence;
            await Task.Delay(LookAgain, clock, cancellationToken);
        }
    }

    private static QueryParameter Since(string feed) => new(
        "since", "The `cursor` of the answer before; absent: from the beginning.", "the `cursor` of an answer of this address, unchanged",
        text => FeedCursor.Read(feed, text) is null ? null : text, () => new() { Type = Microsoft.OpenApi.JsonSchemaType.String });

    private static string[] PatternsOf(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
