using Integration.Core.Identity.Unmerging;
using Integration.Core.Records;
using Integration.Host.Api.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Taking a wrong merge back.</summary>
internal static class PatientUnmergeApi
{
    internal const int MaxReason = 500;
    private const int MaxIdentifiers = 100;
    private const int MaxIdentifier = 500;

    public static void MapPatientUnmerge(this RouteGroupBuilder api) =>
        api.MapPost("/patients/{id}/unmerge", UnmergeAsync).RequireAuthorization(Policies.Operate).WithTags("Patients").WithName("unmergePatient")
            .WithSummary("Make numbers that were merged into a record a patient of their own again")
            .WithDescription(
                "What came under these numbers goes back, with versions and history; numbers that the source always sent with them go along. No rule and no replay "
                + "joins the two again; a later merge by the source does. Written to the audit.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<UnmergeView>, ProblemHttpResult>> UnmergeAsync(
        string id, UnmergeRequest request, HttpContext context, PatientRecordStore records, PatientUnmerging unmerging, CancellationToken cancellationToken)
    {
        var errors = new List<ParameterError>();
        if (request.Identifiers is not { Count: > 0 and <= MaxIdentifiers } identifiers || identifiers.Any(key => key is null || key.Length > MaxIdentifier || key.IndexOf('|', StringComparison.Ordinal) < 1))
        {
            errors.Add(new("identifiers", $"Send 1 to {MaxIdentifiers} numbers with their authority, such as urn:authority:HIS|10001."));
        }

        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > MaxReason)
        {
            errors.Add(new("reason", $"Say why, in at most {MaxReason} characters."));
        }

        if (errors.Count > 0)
        {
            return ApiProblem.InvalidBody(context, errors);
        }

        if (await PatientRecordsApi.FindStandingAsync(id, records, cancellationToken) is not { } patient)
        {
            return ApiProblem.NotFound(context, "There is no patient of this id.");
        }

        return await unmerging.UnmergeAsync(patient.Id, [.. request.Identifiers!.Distinct(StringComparer.Ordinal)], Actor.Of(context), request.Reason!.Trim(), cancellationToken) switch
        {
            UnmergeResult.Done done => TypedResults.Ok(new UnmergeView(done.PatientId, done.UnmergedPatientId, done.Identities)),
            UnmergeResult.Refused { Why: UnmergeRefusal.NotOfPatient } => ApiProblem.NotMerged(
                context, "A number named does not belong to this record, or no longer. Search patients by identifier to find whose it is."),
            UnmergeResult.Refused { Why: UnmergeRefusal.NeverMerged } => ApiProblem.NotMerged(
                context, "The numbers named and the rest of the record were never two patients: the source has always sent them together. Have it correct that."),
            _ => ApiProblem.NotFound(context, "There is no patient of this id."),
        };
    }
}
