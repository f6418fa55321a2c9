using System.Text.Json;
using Integration.Core.Delivery;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Where the record's changes are sent, and every single delivery.</summary>
internal static class DestinationsApi
{
    private static readonly Dictionary<string, DeliveryState> States =
        Enum.GetValues<DeliveryState>().ToDictionary(state => JsonNamingPolicy.CamelCase.ConvertName(state.ToString()));

    public static void MapDestinations(this RouteGroupBuilder api)
    {
        var destinations = api.MapGroup("/destinations").WithTags("Destinations");
        destinations.MapGet("", ListAsync).WithName("listDestinations").WithSummary("Every destination with its circuit, counts and last error")
            .WithDescription("In the order of configuration, all in one page. `counts` holds deliveries by state; their sum is everything that was ever due.");
        destinations.MapPost("/{name}/retry-failed", RetryFailedAsync).RequireAuthorization(Policies.Operate)
            .WithName("retryFailedDeliveries").WithSummary("Send every failed delivery of a destination again")
            .WithDescription("Also lets a destination that counts as away be tried at once, and sends what the sandbox captured.").ProducesProblem(StatusCodes.Status404NotFound);

        destinations.MapPost("/{name}/redeliver", RedeliverAsync).RequireAuthorization(Policies.Operate)
            .WithName("redeliverRange").WithSummary("Send deliveries of a time range again: failed and captured ones, and done events if asked for")
            .WithDescription("`from` and `below` are times at which deliveries were created; without them all. `withDone` is for a receiver that has lost events; it knows repeats by their id.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        var deliveries = api.MapGroup("/deliveries").WithTags("Destinations");
        deliveries.MapGet("", SearchAsync).WithName("searchDeliveries").WithSummary("Find deliveries, those that rest or fall due last first")
            .TakesQuery(
                QueryParameter.Text("destination", "Name of a destination.", "a destination's name"),
                QueryParameter.Choice("state", "Where the delivery stands.", [.. States.Keys]),
                QueryParameter.Text("message", "Inbound message that caused it.", "a message id"),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        deliveries.MapGet("/{id}", GetAsync).WithName("getDelivery").WithSummary("One delivery with the bytes to send").ProducesProblem(StatusCodes.Status404NotFound);
        deliveries.MapPost("/{id}/retry", RetryAsync).RequireAuthorization(Policies.Operate).WithName("retryDelivery").WithSummary("Send a delivery again, now")
            .WithDescription("A message that was rejected or could not be built is made anew from the record of now, with a new control id; else the same goes out. An event is sent again even when it was delivered.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<Page<DestinationView>>> ListAsync(IDestinationBoard board, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<DestinationView>([.. (await board.GetAsync(cancellationToken)).Select(DestinationView.Of)], Next: null));

    private static async Task<Results<Ok<RetriedView>, ProblemHttpResult>> RetryFailedAsync(
        string name, HttpContext context, IDestinationBoard board, DeliveryOutbox outbox, Redelivery redelivery, CancellationToken cancellationToken) =>
        await SendAgainAsync(new RedeliverySelection(name, null, null, WithDone: false), context, board, outbox, redelivery, cancellationToken);

    private static async Task<Results<Ok<RetriedView>, ProblemHttpResult>> RedeliverAsync(
        string name, RedeliveryRequest request, HttpContext context, IDestinationBoard board, DeliveryOutbox outbox, Redelivery redelivery,
        CancellationToken cancellationToken) =>
        request.From >= request.Below
            ? ApiProblem.InvalidBody(context, [new("below", "It must be later than `from`.")])
            : await SendAgainAsync(new RedeliverySelection(name, request.From, request.Below, request.WithDone), context, board, outbox, redelivery, cancellationToken);

    private static async Task<Results<Ok<RetriedView>, ProblemHttpResult>> SendAgainAsync(
        RedeliverySelection selection, HttpContext context, IDestinationBoard board, DeliveryOutbox outbox, Redelivery redelivery, CancellationToken cancellationToken)
    {
        if (!outbox.Destinations.Contains(selection.Destination) && (await board.GetAsync(cancellationToken)).All(d => d.Name != selection.Destination))
        {
            return ApiProblem.NotFound(context, "There is no destination of this name.");
        }

        var retried = await redelivery.RangeAsync(selection, Actor.Of(context), cancellationToken);
        board.TryNow(selection.Destination);
        return TypedResults.Ok(new RetriedView(retried));
    }

    private static async Task<Ok<Page<DeliveryView>>> SearchAsync(QueryValues query, DeliveryOutbox outbox, CancellationToken cancellationToken)
    {
        var page = await outbox.SearchAsync(
            new DeliverySearch(query.Text("destination"), query.Text("state") is { } state ? States[state] : null, query.Text("message"), query.Limit, query.After),
            cancellationToken);
        return TypedResults.Ok(new Page<DeliveryView>([.. page.Deliveries.Select(DeliveryView.Of)], page.Next));
    }

    private static async Task<Results<Ok<DeliveryContentView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, DeliveryOutbox outbox, DeliveryContents contents, IReadOnlyList<ConfiguredDestination> destinations,
        CancellationToken cancellationToken)
    {
        if (await outbox.GetAsync(id, withContent: true, cancellationToken) is not { Delivery: var delivery })
        {
            return NoDelivery(context);
        }

        // The bytes of an event are made when it is sent: these are the ones.
        var content = delivery is { ContentBytes: 0, EventId: not null } && destinations.FirstOrDefault(d => d.Name == delivery.Destination) is { } destination
            ? (await contents.MakeAsync(destination, delivery, cancellationToken)).Bytes
            : delivery.Content;
        return TypedResults.Ok(new DeliveryContentView(DeliveryView.Of(delivery), content.ToArray()));
    }

    private static async Task<Results<Accepted<DeliveryView>, ProblemHttpResult>> RetryAsync(
        string id, HttpContext context, DeliveryOutbox outbox, Redelivery redelivery, IDestinationBoard board, CancellationToken cancellationToken)
    {
        switch (await redelivery.OneAsync(id, Actor.Of(context), cancellationToken))
        {
            case RetryOutcome.Unknown:
                return NoDelivery(context);
            case RetryOutcome.AlreadyDone:
                return ApiProblem.NotRetryable(context, "It was delivered; sending it again would double it.");
            default:
                var stored = await outbox.GetAsync(id, withContent: false, cancellationToken);
                board.TryNow(stored!.Delivery.Destination);
                return TypedResults.Accepted($"/api/v1/deliveries/{id}", DeliveryView.Of(stored.Delivery));
        }
    }

    private static ProblemHttpResult NoDelivery(HttpContext context) => ApiProblem.NotFound(context, "There is no delivery of this id.");
}
