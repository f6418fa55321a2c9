namespace Integration.Fhir.Search;

/// <summary>A value by which a resource is found. FHIR R4 search.html §3.1.1.4.</summary>
/// <param name="Parameter">Of a component, the parameter that gives its type.</param>
public abstract record FhirSearchValue(FhirSearchParameter Parameter);

/// <summary>A code in a system: of a coding, an identifier, a boolean, a contact.</summary>
/// <param name="System">Null: none was stated; for an element of type code that of its binding.</param>
/// <param name="Code">Null: a concept that has only a text.</param>
/// <param name="Text">Display or text for the modifier <c>:text</c>; null when there is none.</param>
public sealed record FhirTokenValue(FhirSearchParameter Parameter, string? System, string? Code, string? Text = null) : FhirSearchValue(Parameter);

/// <summary>A text, for searches from its start.</summary>
/// <param name="Exact">As it stands in the resource.</param>
/// <param name="Normalised">Without case, accents and doubled white space; what a plain search compares from the start.</param>
public sealed record FhirStringValue(FhirSearchParameter Parameter, string Exact, string Normalised) : FhirSearchValue(Parameter);

/// <summary>From <paramref name="Start"/> to before <paramref name="End"/>: 2026-03 is all of March.</summary>
/// <param name="Start">Null: open.</param>
/// <param name="End">Null: open.</param>
public sealed record FhirDateValue(FhirSearchParameter Parameter, DateTimeOffset? Start, DateTimeOffset? End) : FhirSearchValue(Parameter);

/// <summary>What the written digits stand for: 1.10 is from 1.095 to before 1.105.</summary>
/// <param name="Low">Null: open.</param>
/// <param name="High">Null: open.</param>
public sealed record FhirNumberValue(FhirSearchParameter Parameter, decimal? Low, decimal? High) : FhirSearchValue(Parameter);

/// <summary>As <see cref="FhirNumberValue"/>, with a unit.</summary>
/// <param name="System">Of the code; null when none was stated.</param>
/// <param name="Unit">As shown to people.</param>
public sealed record FhirQuantityValue(
    FhirSearchParameter Parameter, decimal? Low, decimal? High, string? System, string? Code, string? Unit) : FhirSearchValue(Parameter);

/// <summary>What a resource points at.</summary>
/// <param name="Type">Resource type where it is known.</param>
/// <param name="Id">Of a relative or RESTful reference.</param>
/// <param name="Url">As it was written: absolute, a URN, or a canonical with its version; null when there is only an identifier.</param>
/// <param name="IdentifierSystem">Of a logical reference.</param>
public sealed record FhirReferenceValue(
    FhirSearchParameter Parameter, string? Type, string? Id, string? Url, string? IdentifierSystem, string? IdentifierValue) : FhirSearchValue(Parameter);

/// <summary>A URI, compared whole and letter by letter.</summary>
public sealed record FhirUriValue(FhirSearchParameter Parameter, string Uri) : FhirSearchValue(Parameter);

/// <summary>A place on earth, for <c>near</c>. WGS 84, degrees.</summary>
public sealed record FhirPositionValue(FhirSearchParameter Parameter, decimal Latitude, decimal Longitude) : FhirSearchValue(Parameter);

/// <summary>Values that stand together, one for each component.</summary>
public sealed record FhirCompositeValue(FhirSearchParameter Parameter, IReadOnlyList<FhirSearchValue> Components) : FhirSearchValue(Parameter)
{
    public bool Equals(FhirCompositeValue? other) => other is not null && Parameter == other.Parameter && Components.SequenceEqual(other.Components);

    public override int GetHashCode() => Components.Aggregate(Parameter.GetHashCode(), HashCode.Combine);
}
