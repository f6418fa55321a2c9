using Integration.Core.Devices;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Which device measures whom.</summary>
internal static class DevicesApi
{
    private const int MaxReason = 500;
    private const int MaxDevice = 100;

    public static void MapDevices(this RouteGroupBuilder api)
    {
        var devices = api.MapGroup("/devices/{id}").WithTags("Devices");
        devices.MapGet("/bindings", ListAsync).WithName("listDeviceBindings").WithSummary("Whom a device has measured, newest period first")
            .ProducesProblem(StatusCodes.Status404NotFound);
        devices.MapPut("/binding", BindAsync).RequireAuthorization(Policies.Operate).WithName("bindDevice")
            .WithSummary("Say whose readings a device takes from a time on; what it was bound to then ends there")
            .WithDescription("Readings are told apart by their own time, whenever they arrive. Written to the audit.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        devices.MapDelete("/binding", ReleaseAsync).RequireAuthorization(Policies.Operate).WithName("releaseDevice")
            .WithSummary("Say that a device measures nobody from a time on, else from now").WithDescription("Needs a `reason` in the query, which stands in the audit.")
            .TakesQuery(
                QueryParameter.Text("reason", "Why, at most 500 characters.", "a reason", text => text.Length <= MaxReason),
                QueryParameter.Time("at", "From when on; now when it is missing."))
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<DeviceView>, ProblemHttpResult>> ListAsync(string id, HttpContext context, DeviceBindings bindings, CancellationToken cancellationToken) =>
        await bindings.GetAsync(id, cancellationToken) is { } document
            ? TypedResults.Ok(DeviceView.Of(document)) : ApiProblem.NotFound(context, "This device was never bound to anybody.");

    private static async Task<Results<Ok<DeviceView>, ProblemHttpResult>> BindAsync(
        string id, BindingRequest request, HttpContext context, DeviceBindings bindings, TimeProvider clock, CancellationToken cancellationToken)
    {
        var errors = new List<ParameterError>();
        CheckId(id, errors);
        CheckReason(request.Reason, errors);
        if (string.IsNullOrWhiteSpace(request.PatientId) || request.PatientId.Length > MaxDevice)
        {
            errors.Add(new("patientId", "Send the id of the patient's record."));
        }

        var from = request.From ?? clock.GetUtcNow();
        if (request.To <= from)
        {
            errors.Add(new("to", "It must be later than `from`; leave it out where the end is not known."));
        }

        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        return await bindings.AssignAsync(
            id, request.PatientId!.Trim(), from.ToUniversalTime(), request.To?.ToUniversalTime(), Actor.Of(context), request.Reason!.Trim(), cancellationToken) switch
        {
            BindingOutcome.Done => TypedResults.Ok(DeviceView.Of((await bindings.GetAsync(id, cancellationToken))!)),
            BindingOutcome.NoPatient => ApiProblem.NotFound(context, "There is no patient of this id; of a record that was merged, use the one that stands."),
            _ => ApiProblem.DeviceNotNow(context, "The device is bound from a later time on. Send `to` no later than that, or release it first."),
        };
    }

    private static async Task<Results<Ok<DeviceView>, ProblemHttpResult>> ReleaseAsync(
        string id, QueryValues query, HttpContext context, DeviceBindings bindings, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (query.Text("reason") is not { } reason)
        {
            return ApiProblem.InvalidParameters(context, [new("reason", "Say why.")]);
        }

        return await bindings.ReleaseAsync(id, query.Time("at") ?? clock.GetUtcNow(), Actor.Of(context), reason, cancellationToken) == BindingOutcome.Done
            ? TypedResults.Ok(DeviceView.Of((await bindings.GetAsync(id, cancellationToken))!))
            : ApiProblem.DeviceNotNow(context, "The device is bound to nobody at that time.");
    }

    private static void CheckId(string id, List<ParameterError> errors)
    {
        if (id.Length > MaxDevice || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':'))
        {
            errors.Add(new("id", $"An id of a device has at most {MaxDevice} ASCII letters and digits, and - . _ :"));
        }
    }

    private static void CheckReason(string? reason, List<ParameterError> errors)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReason)
        {
            errors.Add(new("reason", $"Say why, in at most {MaxReason} characters."));
        }
    }
}
