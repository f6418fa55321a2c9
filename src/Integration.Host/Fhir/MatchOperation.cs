using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Diagnostics;
using Integration.Core.Identity;
using Integration.Core.Records.Search;
using Integration.Fhir;

namespace Integration.Host.Fhir;

/// <summary><c>Patient/$match</c>: whom a description of a person means, graded; nothing is stored. FHIR R4 patient-operation-match.html.</summary>
internal static class MatchOperation
{
    private const string Resource = "resource";
    private const string OnlyCertain = "onlyCertainMatches";
    private const string Count = "count";

    public static async Task RunAsync(HttpContext context)
    {
        var (patient, onlyCertain, count) = await ReadAsync(context);
        var findings = FhirValidator.Validate(patient).Where(i => i.Severity == FhirIssueSeverity.Error).ToList();
        if (findings.Count > 0)
        {
            await FhirAnswers.WriteAsync(context, StatusCodes.Status422UnprocessableEntity, FhirOperationOutcome.Create(findings));
            return;
        }

        var issues = new List<MessageIssue>();
        var found = await context.RequestServices.GetRequiredService<PatientMatching>().FindAsync(JsonObject.Create(patient)!, issues, context.RequestAborted);
        var asked = onlyCertain ? found.Where(m => m.Grade == PatientMatchGrade.Certain) : found;
        var matches = new List<(RecordResource Patient, PatientMatch Match)>();
        var patients = context.RequestServices.GetRequiredService<PatientReferences>();
        foreach (var match in asked.Take(count))
        {
            if (await patients.PatientOfAsync(match.PatientId, match.Identifier, context.RequestAborted) is { } resource)
            {
                matches.Add((resource, match));
            }
        }

        await FhirAnswers.WriteAsync(context, StatusCodes.Status200OK, FhirBundles.Matches(
            context.Request.BaseUrl(), $"{context.Request.BaseUrl()}/Patient/$match", matches, [.. NotesOf(found, issues)]));
    }

    private static IEnumerable<JsonObject> NotesOf(IReadOnlyList<PatientMatch> found, List<MessageIssue> issues)
    {
        foreach (var issue in issues)
        {
            yield return FhirAnswers.Issue("information", "business-rule", issue.Text);
        }

        if (found.Count == 0)
        {
            yield return FhirAnswers.Issue("information", "not-found", "Nobody is known by an identifier (system and value) of this resource. Names and dates alone find nobody here.");
        }
    }

    private static async ValueTask<(JsonElement Patient, bool OnlyCertain, int Count)> ReadAsync(HttpContext context)
    {
        JsonElement body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            throw new FhirProblem(StatusCodes.Status400BadRequest, "structure", "The body is no JSON.");
        }

        // Its only parameter that is a resource may be posted by itself. FHIR R4 operations.html §3.2.0.1.
        var isParameters = PostedParameters.IsOfType(body, "Parameters");
        var parameters = isParameters ? PostedParameters.Read(body, Resource).ToList() : [];
        var patient = isParameters
            ? PostedParameters.FindResource(body, Resource) ?? throw new FhirProblem(StatusCodes.Status400BadRequest, "required", "Parameters of $match have a parameter resource, which is a Patient.")
            : body;
        if (!PostedParameters.IsOfType(patient, "Patient"))
        {
            throw FhirProblem.Invalid("The parameter resource of $match is a Patient.");
        }

        if (parameters.Any(p => p.Name is not (OnlyCertain or Count)))
        {
            throw FhirProblem.Invalid("$match takes resource, onlyCertainMatches and count.");
        }

        var onlyCertain = parameters.FirstOrDefault(p => p.Name == OnlyCertain).Value;
        return onlyCertain is null or "True" or "False"
            ? (patient, onlyCertain == "True", parameters.PageSize(Count))
            : throw FhirProblem.Invalid("onlyCertainMatches is valueBoolean true or false.");
    }
}
