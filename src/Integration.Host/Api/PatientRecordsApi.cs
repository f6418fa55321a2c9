using Integration.Core.Origins;
using Integration.Core.Records;
using Integration.Host.Api.Query;
using Integration.Host.Api.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Patients and what is recorded of them.</summary>
/// <remarks>
/// A record that was merged away answers 200 with <c>mergedInto</c>, not a redirect: a caller that follows redirects by itself would
/// go on using the old id for ever. What lies below it (timeline, resources) is that of the surviving record, named in the answer.
/// </remarks>
internal static class PatientRecordsApi
{
    // A chain that is longer is a ring, which only a fault can make.
    private const int MaxMerges = 100;

    public static void MapPatientRecords(this RouteGroupBuilder api)
    {
        var patients = api.MapGroup("/patients").WithTags("Patients");
        patients.MapGet("", SearchAsync).WithName("searchPatients").WithSummary("Find patients")
            .WithDescription("All that is sent must hold. Without any condition: those most recently heard of. Records that were merged away are left out.")
            .TakesQuery(
                QueryParameter.Text("name", "Beginning of a name, or of its pinyin initials (`zsf`). Case and spaces do not matter.",
                    "a beginning of a name", text => SearchKeys.FoldName(text).Length > 0),
                QueryParameter.Text("identifier", "Whole identifier, with or without its authority (`urn:authority:HIS|10001`).", "a whole identifier"),
                QueryParameter.Text("phone", "Whole number, or its last four digits.", "a phone number with at least four digits",
                    text => SearchKeys.PhoneDigits(text).Length >= 4),
                QueryParameter.Limit(usual: 20, most: 200), QueryParameter.After);
        patients.MapGet("/{id}", GetAsync).WithName("getPatient").WithSummary("One patient's summary").ProducesProblem(StatusCodes.Status404NotFound)
            .WithDescription("A record that was merged away answers with `mergedInto` set: go on with that id.");
        patients.MapGet("/{id}/timeline", TimelineAsync).WithName("getTimeline").WithSummary("What happened to a patient, newest first")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .TakesQuery(QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        patients.MapGet("/{id}/resources", ResourcesAsync).WithName("listResources").WithSummary("A patient's FHIR resources, newest first")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .TakesQuery(
                QueryParameter.ResourceType("type", "Only resources of this FHIR type."),
                QueryParameter.Limit(usual: 50, most: 500), QueryParameter.After);
        patients.MapGet("/{id}/resources/{type}/{resourceId}", ResourceAsync).WithName("getResource").WithSummary("One FHIR resource with its origin")
            .ProducesProblem(StatusCodes.Status404NotFound);
        patients.MapGet("/{id}/resources/{type}/{resourceId}/history", HistoryAsync).WithName("getResourceHistory")
            .WithSummary("All versions of a FHIR resource").ProducesProblem(StatusCodes.Status404NotFound);
        patients.MapGet("/{id}/resources/{type}/{resourceId}/origins", OriginsAsync).WithName("getResourceOrigins")
            .WithSummary("Where each value of a FHIR resource is from").ProducesProblem(StatusCodes.Status404NotFound)
            .WithDescription("The message that brought the value, where it stands there and the rules that wrote it. The message is mapped again, with the mappings of its time.");
    }

    private static async Task<Ok<Page<PatientListEntry>>> SearchAsync(
        QueryValues query, PatientRecordStore records, CancellationToken cancellationToken)
    {
        var page = await records.SearchAsync(
            new PatientSearch(query.Text("name"), query.Text("identifier"), query.Text("phone"), query.Limit, query.After), cancellationToken);
        return TypedResults.Ok(new Page<PatientListEntry>([.. page.Patients.Select(PatientListEntry.Of)], page.Next));
    }

    private static async Task<Results<Ok<PatientView>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, PatientRecordStore records, CancellationToken cancellationToken) =>
        await records.GetAsync(id, cancellationToken) is { } patient
            ? TypedResults.Ok(PatientView.Of(patient, await SurvivorOfAsync(patient, records, cancellationToken)))
            : NoPatient(context);

    private static async Task<Results<Ok<PatientItems<TimelineView>>, ProblemHttpResult>> TimelineAsync(
        string id, QueryValues query, HttpContext context, PatientRecordStore records, CancellationToken cancellationToken)
    {
        if (await FindStandingAsync(id, records, cancellationToken) is not { } patient)
        {
            return NoPatient(context);
        }

        var page = await records.TimelineAsync(patient.Id, query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new PatientItems<TimelineView>(patient.Id, [.. page.Entries.Select(TimelineView.Of)], page.Next));
    }

    private static async Task<Results<Ok<PatientItems<ResourceView>>, ProblemHttpResult>> ResourcesAsync(
        string id, QueryValues query, HttpContext context, PatientRecordStore records, CancellationToken cancellationToken)
    {
        if (await FindStandingAsync(id, records, cancellationToken) is not { } patient)
        {
            return NoPatient(context);
        }

        var page = await records.ResourcesAsync(patient.Id, query.Text("type"), query.Limit, query.After, cancellationToken);
        return TypedResults.Ok(new PatientItems<ResourceView>(patient.Id, [.. page.Resources.Select(ResourceView.Of)], page.Next));
    }

    private static async Task<Results<Ok<ResourceView>, ProblemHttpResult>> ResourceAsync(
        string id, string type, string resourceId, HttpContext context, PatientRecordStore records, CancellationToken cancellationToken) =>
        await FindResourceAsync(id, $"{type}/{resourceId}", records, cancellationToken) is { } resource
            ? TypedResults.Ok(ResourceView.Of(resource))
            : NoResource(context);

    private static async Task<Results<Ok<ResourceHistoryView>, ProblemHttpResult>> HistoryAsync(
        string id, string type, string resourceId, HttpContext context, PatientRecordStore records, CancellationToken cancellationToken)
    {
        if (await FindResourceAsync(id, $"{type}/{resourceId}", records, cancellationToken) is not { } current)
        {
            return NoResource(context);
        }

        var earlier = await records.HistoryAsync(current.Id, cancellationToken);
        return TypedResults.Ok(new ResourceHistoryView(current.PatientId, [ResourceView.Of(current), .. earlier.Select(ResourceView.Of)]));
    }

    private static async Task<Results<Ok<ResourceOriginsView>, ProblemHttpResult>> OriginsAsync(
        string id, string type, string resourceId, HttpContext context, PatientRecordStore records, ResourceOrigins origins, CancellationToken cancellationToken) =>
        await FindResourceAsync(id, $"{type}/{resourceId}", records, cancellationToken) is { } resource
            ? TypedResults.Ok(new ResourceOriginsView(
                resource.Id, resource.Version, [.. (await origins.OfAsync(resource, cancellationToken)).Select(OriginView.Of)]))
            : NoResource(context);

    private static async ValueTask<ResourceDocument?> FindResourceAsync(
        string patientId, string reference, PatientRecordStore records, CancellationToken cancellationToken) =>
        await FindStandingAsync(patientId, records, cancellationToken) is { } patient
        && await records.GetResourceAsync(reference, cancellationToken) is { } resource
        && resource.PatientId == patient.Id
            ? resource
            : null;

    /// <summary>The record of that id, or the one that it was merged into; null when the id is unknown.</summary>
    internal static async ValueTask<PatientDocument?> FindStandingAsync(string id, PatientRecordStore records, CancellationToken cancellationToken) =>
        await records.GetAsync(id, cancellationToken) is { } patient ? await SurvivorOfAsync(patient, records, cancellationToken) : null;

    private static async ValueTask<PatientDocument> SurvivorOfAsync(
        PatientDocument patient, PatientRecordStore records, CancellationToken cancellationToken)
    {
        for (var merges = 0; patient.MergedInto is { } next; merges++)
        {
            patient = merges < MaxMerges && await records.GetAsync(next, cancellationToken) is { } survivor
                ? survivor
                : throw new InvalidDataException($"Patient {patient.Id} was merged into {next}, where no record stands.");
        }

        return patient;
    }

    private static ProblemHttpResult NoPatient(HttpContext context) => ApiProblem.NotFound(context, "There is no patient of this id.");

    private static ProblemHttpResult NoResource(HttpContext context) =>
        ApiProblem.NotFound(context, "This patient has no resource of this type and id. /resources lists what there is.");
}
