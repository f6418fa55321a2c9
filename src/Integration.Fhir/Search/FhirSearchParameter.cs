namespace Integration.Fhir.Search;

/// <summary>FHIR R4 search.html §3.1.1.4 (search parameter types).</summary>
public enum FhirSearchType
{
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,

    /// <summary>Has rules of its own: <c>Location.near</c>.</summary>
    Special,
}

/// <summary>One official search parameter. Immutable.</summary>
/// <param name="Id">Last part of its canonical URL, e.g. <c>clinical-code</c>.</param>
/// <param name="Code">Its name in a query, e.g. <c>code</c>.</param>
/// <param name="Bases">Resource types that have it; <c>Resource</c> and <c>DomainResource</c> stand for all of these.</param>
/// <param name="Targets">Resource types that a reference may name; empty for other types.</param>
/// <param name="Expression">FHIRPath over all bases; null for what is searched otherwise (<c>_text</c>, <c>_content</c>, <c>_query</c>).</param>
/// <param name="Components">Of a composite, in order; else empty.</param>
public sealed record FhirSearchParameter(
    string Id,
    string Code,
    FhirSearchType Type,
    IReadOnlyList<string> Bases,
    IReadOnlyList<string> Targets,
    string? Expression,
    IReadOnlyList<FhirSearchComponent> Components);

/// <summary>One component of a composite.</summary>
/// <param name="ParameterId">The parameter whose type its values have.</param>
/// <param name="Expression">FHIRPath on what the composite's expression gives.</param>
public sealed record FhirSearchComponent(string ParameterId, string Expression);
