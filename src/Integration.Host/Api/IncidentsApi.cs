using System.Text.Json;
using Integration.Core.Incidents;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>What is wrong with the running of the engine, and what was.</summary>
internal static class IncidentsApi
{
    private const int MaxReason = 500;

    /// <summary>Longer than that nobody remembers that something is silenced.</summary>
    private static readonly TimeSpan LongestMute = TimeSpan.FromDays(90);

    private static readonly Dictionary<string, IncidentState> States = NamesOf<IncidentState>();

    private static readonly Dictionary<string, IncidentKind> Kinds = NamesOf<IncidentKind>();

    public static void MapIncidents(this RouteGroupBuilder api)
    {
        var incidents = api.MapGroup("/incidents").WithTags("Incidents");
        incidents.MapGet("", SearchAsync).WithName("listIncidents").WithSummary("Incidents, open ones first, then the newest")
            .TakesQuery(
                QueryParameter.Choice("state", "Where it stands.", [.. States.Keys]),
                QueryParameter.Choice("kind", "What kind of trouble.", [.. Kinds.Keys]),
                QueryParameter.Text("subject", "feeds/NAME, destinations/NAME, store or engine.", "a whole subject such as feeds/his"),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        incidents.MapGet("/{id}", GetAsync).WithName("getIncident").WithSummary("One incident").ProducesProblem(StatusCodes.Status404NotFound);
        incidents.MapPost("/{id}/acknowledge", AcknowledgeAsync).RequireAuthorization(Policies.Operate).WithName("acknowledgeIncident")
            .WithSummary("Say that somebody works on it: it is not repeated any more").WithDescription("Needs a `reason`, which stands in the audit.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        incidents.MapPost("/{id}/mute", MuteAsync).RequireAuthorization(Policies.Operate).WithName("muteIncident")
            .WithSummary("Tell nothing of it, nor of the next one of its kind and subject, until a time")
            .WithDescription("Needs a `reason` and `until`, at most 90 days ahead; a time that has passed ends the mute. What is open then is told.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<Page<IncidentView>>> SearchAsync(QueryValues query, IncidentStore incidents, CancellationToken cancellationToken)
    {
        var (found, next) = await incidents.SearchAsync(
            new IncidentSearch(
                query.Text("state") is { } state ? States[state] : null, query.Text("kind") is { } kind ? Kinds[kind] : null, query.Text("subject"), query.Limit, query.After),
            cancellationToken);
        return TypedResults.Ok(new Page<IncidentView>([.. found.Select(IncidentView.Of)], next));
    }

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, IncidentStore incidents, CancellationToken cancellationToken) =>
        await incidents.GetAsync(id, cancellationToken) is { } stored ? TypedResults.Ok(IncidentView.Of(stored.Incident)) : NoIncident(context);

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> AcknowledgeAsync(
        string id, ReasonRequest request, HttpContext context, IncidentStore incidents, CancellationToken cancellationToken)
    {
        var errors = new List<ParameterError>();
        CheckReason(request.Reason, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        return await incidents.AcknowledgeAsync(id, Actor.Of(context), request.Reason!.Trim(), cancellationToken) is { } incident
            ? TypedResults.Ok(IncidentView.Of(incident)) : NoIncident(context);
    }

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> MuteAsync(
        string id, MuteRequest request, HttpContext context, IncidentStore incidents, TimeProvider clock, CancellationToken cancellationToken)
    {
        var errors = new List<ParameterError>();
        CheckReason(request.Reason, errors);
        if (request.Until is null || request.Until - clock.GetUtcNow() > LongestMute)
        {
            errors.Add(new("until", $"Send a time at most {LongestMute.TotalDays:0} days ahead."));
        }

        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        return await incidents.MuteAsync(id, request.Until!.Value.ToUniversalTime(), Actor.Of(context), request.Reason!.Trim(), cancellationToken) is { } incident
            ? TypedResults.Ok(IncidentView.Of(incident)) : NoIncident(context);
    }

    private static void CheckReason(string? reason, List<ParameterError> errors)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReason)
        {
            errors.Add(new("reason", $"Say why, in at most {MaxReason} characters."));
        }
    }

    private static Dictionary<string, T> NamesOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

    private static ProblemHttpResult NoIncident(HttpContext context) => ApiProblem.NotFound(context, "There is no incident of this id.");
}
