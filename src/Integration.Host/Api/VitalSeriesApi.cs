using Integration.Core.Records;
using Integration.Core.Vitals;
using Integration.Core.Vitals.Limits;
using Integration.Core.Vitals.Series;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>A patient's vital signs over time, and the limits that hold for them.</summary>
internal static class VitalSeriesApi
{
    private const int MaxReason = 500;

    private static readonly Dictionary<string, TimeSpan> Steps = new(StringComparer.Ordinal)
    {
        ["1m"] = TimeSpan.FromMinutes(1),
        ["5m"] = TimeSpan.FromMinutes(5),
        ["15m"] = TimeSpan.FromMinutes(15),
        ["1h"] = TimeSpan.FromHours(1),
        ["6h"] = TimeSpan.FromHours(6),
        ["1d"] = TimeSpan.FromDays(1),
    };

    public static void MapVitalSeries(this RouteGroupBuilder api)
    {
        var patient = api.MapGroup("/patients/{id}").WithTags("Patients");
        patient.MapGet("/vitals/{code}", SeriesAsync).WithName("getVitalSeries").WithSummary("A vital sign of a patient over time, by LOINC code or name")
            .WithDescription("Reading by reading, or in buckets with count, least, greatest and mean. Up to 31 days reading by reading and in buckets below an hour, up to 1,100 days above.")
            .TakesQuery(
                QueryParameter.Time("from", "From when on, included; a day before `to` when it is missing."),
                QueryParameter.Time("to", "Until when, not included; now when it is missing."),
                QueryParameter.Choice("every", "Length of a bucket; missing: each reading.", [.. Steps.Keys]))
            .ProducesProblem(StatusCodes.Status404NotFound);
        patient.MapGet("/vital-limits", LimitsAsync).WithName("getVitalLimits").WithSummary("The limits of a patient's own, and which vital signs are out of limits now")
            .ProducesProblem(StatusCodes.Status404NotFound);
        patient.MapPut("/vital-limits", SetLimitsAsync).RequireAuthorization(Policies.Operate).WithName("setVitalLimits")
            .WithSummary("Set all limits of a patient's own; an empty list gives those for everybody back")
            .WithDescription("They hold from the next reading on. Written to the audit.").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<VitalSeriesView>, ProblemHttpResult>> SeriesAsync(
        string id, string code, QueryValues query, HttpContext context, PatientRecordStore records, VitalSeries series, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (VitalSigns.Find(code) is not { } sign)
        {
            return ApiProblem.NotFound(context, $"There is no such vital sign. There are {string.Join(", ", VitalSigns.All.Select(known => known.Name))}.");
        }

        if (await PatientRecordsApi.FindStandingAsync(id, records, cancellationToken) is not { } patient)
        {
            return ApiProblem.NotFound(context, "There is no patient of this id.");
        }

        var every = query.Text("every") is { } step ? Steps[step] : TimeSpan.Zero;
        var to = query.Time("to") ?? clock.GetUtcNow();
        var from = query.Time("from") ?? to - TimeSpan.FromDays(1);
        var longest = every >= TimeSpan.FromHours(1) ? VitalSeries.Longest : VitalSeries.LongestFine;
        return from >= to || to - from > longest
            ? ApiProblem.InvalidParameters(context, [new("from", $"It must lie before `to`, by at most {longest.TotalDays:0} days. Longer times are read with every=1h, 6h or 1d.")])
            : TypedResults.Ok(new VitalSeriesView(
                patient.Id, sign.Loinc, sign.Title, sign.Unit, query.Text("every"),
                [.. (await series.ReadAsync(patient.Id, sign, from, to, every, cancellationToken)).Select(point => VitalPointView.Of(point, sign))]));
    }

    private static async Task<Results<Ok<VitalLimitsView>, ProblemHttpResult>> LimitsAsync(
        string id, HttpContext context, PatientRecordStore records, VitalLimits limits, CancellationToken cancellationToken) =>
        await PatientRecordsApi.FindStandingAsync(id, records, cancellationToken) is { } patient
            ? TypedResults.Ok(await ViewAsync(patient.Id, limits, cancellationToken)) : ApiProblem.NotFound(context, "There is no patient of this id.");

    private static async Task<Results<Ok<VitalLimitsView>, ProblemHttpResult>> SetLimitsAsync(
        string id, VitalLimitsRequest request, HttpContext context, VitalLimits limits, CancellationToken cancellationToken)
    {
        var errors = new List<ParameterError>();
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReason)
        {
            errors.Add(new("reason", $"Say why, in at most {MaxReason} characters."));
        }

        var set = new Dictionary<string, VitalLimit>(StringComparer.Ordinal);
        foreach (var (index, limit) in (request.Limits ?? []).Index())
        {
            Add(set, limit, $"limits[{index}]", errors);
        }

        if (request.Limits is null)
        {
            errors.Add(new("limits", "Send the list of limits; an empty one gives those for everybody back."));
        }

        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        return await limits.SetAsync(id, set, Actor.Of(context), request.Reason!.Trim(), cancellationToken)
            ? TypedResults.Ok(await ViewAsync(id, limits, cancellationToken))
            : ApiProblem.NotFound(context, "There is no patient of this id; of a record that was merged, use the one that stands.");
    }

    private static void Add(Dictionary<string, VitalLimit> set, VitalLimitView limit, string place, List<ParameterError> errors)
    {
        if (VitalSigns.Find(limit.Code) is not { } sign)
        {
            errors.Add(new($"{place}.code", "There is no such vital sign.", [.. VitalSigns.All.Select(known => known.Name)]));
            return;
        }

        var (breach, recovery) = (limit.Breach ?? new(1, 0), limit.Recovery ?? new(1, 0));
        if (VitalLimits.Problem(limit.Low, limit.High, limit.Margin ?? 0) is { } problem)
        {
            errors.Add(new(place, problem));
        }

        foreach (var lasting in (Persistence[])[breach, recovery])
        {
            if (lasting.Readings is < 1 or > VitalLimits.MaxReadings || lasting.Minutes is < 0 or > VitalLimits.MaxMinutes)
            {
                errors.Add(new(place, $"readings is 1 to {VitalLimits.MaxReadings}, minutes 0 to {VitalLimits.MaxMinutes}."));
            }
        }

        if (!set.TryAdd(sign.Loinc, new VitalLimit(limit.Low, limit.High, limit.Margin ?? 0, breach, recovery)))
        {
            errors.Add(new($"{place}.code", "A limit of this vital sign stands before it."));
        }
    }

    private static async Task<VitalLimitsView> ViewAsync(string patientId, VitalLimits limits, CancellationToken cancellationToken)
    {
        var (own, states) = await limits.GetAsync(patientId, cancellationToken);
        return new VitalLimitsView(
            patientId,
            [.. (own?.Limits ?? new Dictionary<string, VitalLimit>()).Select(pair => new VitalLimitView(pair.Key, pair.Value.Low, pair.Value.High, pair.Value.Margin, pair.Value.Breach, pair.Value.Recovery))],
            own?.By, own?.At,
            [.. (states?.Signs ?? new Dictionary<string, LimitState>()).Where(pair => pair.Value.Side is not null).Select(pair => new OutOfLimitsView(pair.Key, pair.Value.Side!, pair.Value.OutSince!.Value))]);
    }
}
