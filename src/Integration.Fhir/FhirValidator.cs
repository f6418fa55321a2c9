using System.Text.Json;
using Integration.Fhir.Validation;

namespace Integration.Fhir;

/// <summary>Whether a finding makes the resource invalid.</summary>
public enum FhirIssueSeverity
{
    Warning,
    Error,
}

/// <summary>
/// One finding. <paramref name="Code"/> is a FHIR R4 IssueType: <c>structure</c> (unknown element, wrong JSON type, array or null),
/// <c>required</c>, <c>value</c> (format, reference target), <c>code-invalid</c>, <c>invariant</c>, <c>processing</c> (an invariant could not be
/// evaluated on a broken structure), <c>too-costly</c> (a limit was reached).
/// </summary>
/// <param name="Expression">FHIRPath of the place, e.g. <c>Patient.contact[0].gender</c>; a choice has its name without the type.</param>
/// <param name="Text">One sentence; never the value itself.</param>
/// <param name="Key">Of an invariant, e.g. <c>pat-1</c>; else null.</param>
public sealed record FhirIssue(FhirIssueSeverity Severity, string Code, string Expression, string Text, string? Key = null);

/// <summary>
/// Checks JSON against FHIR R4 4.0.1: known elements, types and formats, cardinality, choices, required bindings, reference targets, and all
/// invariants of the definitions. Safe for many threads; time is bounded.
/// </summary>
/// <remarks>Not checked: profiles, bindings weaker than required, whether a reference outside the resource resolves.</remarks>
public static class FhirValidator
{
    /// <summary>Validates a resource of the type that its <c>resourceType</c> names, with contained resources and those in Bundle entries.</summary>
    /// <returns>All findings (at most 1,000, the last then says that there are more), empty for a valid resource. Never throws for any JSON.</returns>
    public static IReadOnlyList<FhirIssue> Validate(JsonElement resource)
    {
        using var walk = new ResourceWalk();
        walk.Resource(resource, isRoot: true);
        return walk.Issues;
    }

    /// <summary>Validates a value of a datatype or backbone element, e.g. a HumanName by itself.</summary>
    /// <param name="typeName">A name that <see cref="FhirSchema.Find"/> knows, of a datatype or backbone element.</param>
    /// <exception cref="ArgumentException">There is no such datatype or backbone element.</exception>
    public static IReadOnlyList<FhirIssue> Validate(JsonElement value, string typeName)
    {
        if (FhirSchema.Find(typeName) is not { Kind: FhirTypeKind.Datatype or FhirTypeKind.Backbone, IsAbstract: false })
        {
            throw new ArgumentException($"'{typeName}' is not a datatype or backbone element of FHIR R4.", nameof(typeName));
        }

        using var walk = new ResourceWalk();
        walk.Datatype(value, typeName);
        return walk.Issues;
    }
}
