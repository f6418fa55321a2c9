namespace Integration.Fhir;

/// <summary>The element tables of FHIR R4 (4.0.1). Built once on first use; safe for many threads.</summary>
public static class FhirSchema
{
    /// <summary>A resource, datatype, primitive or backbone type (<c>Patient</c>, <c>HumanName</c>, <c>dateTime</c>, <c>Patient.contact</c>); null when R4 has none of that name.</summary>
    public static FhirType? Find(string name) => null;
}

public enum FhirTypeKind
{
    Primitive,
    Datatype,
    Resource,

    /// <summary>An element with children of its own, named by its path, e.g. <c>Encounter.location</c>.</summary>
    Backbone,
}

/// <summary>One type of FHIR R4.</summary>
public sealed class FhirType(string name, FhirTypeKind kind, IReadOnlyList<FhirElement> elements)
{
    private readonly Dictionary<string, FhirElement> _byJsonName = BuildIndex(elements);

    public string Name { get; } = name;

    public FhirTypeKind Kind { get; } = kind;

    /// <summary>In the order of the definition, inherited ones (id, extension, meta …) included.</summary>
    public IReadOnlyList<FhirElement> Elements { get; } = elements;

    /// <summary>
    /// The element behind a JSON property name: <c>birthDate</c>, <c>deceasedBoolean</c>. For a choice the result's
    /// <see cref="FhirElement.TypeOf"/> of that name is its type. Null when the type has no such element.
    /// </summary>
    public FhirElement? Element(string jsonName) => _byJsonName.GetValueOrDefault(jsonName);

    private static Dictionary<string, FhirElement> BuildIndex(IReadOnlyList<FhirElement> elements)
    {
        var index = new Dictionary<string, FhirElement>(StringComparer.Ordinal);
        foreach (var element in elements)
        {
            foreach (var jsonName in element.JsonNames)
            {
                index[jsonName] = element;
            }
        }

        return index;
    }
}

/// <summary>One element of a type.</summary>
/// <param name="Name">Without the <c>[x]</c> of a choice: <c>deceased</c>.</param>
/// <param name="IsChoice">Its JSON name is the name with a type appended: <c>deceasedBoolean</c>.</param>
/// <param name="Types">Type names, e.g. <c>boolean</c>, <c>Reference</c>; for a backbone its path.</param>
/// <param name="Min">0 or 1.</param>
/// <param name="IsArray">The upper bound is above 1.</param>
/// <param name="ReferenceTargets">Resource types a Reference may name; empty: any.</param>
/// <param name="RequiredValueSet">Canonical URL of a binding of strength required, else null.</param>
public sealed record FhirElement(
    string Name, bool IsChoice, IReadOnlyList<string> Types, int Min, bool IsArray, IReadOnlyList<string> ReferenceTargets, string? RequiredValueSet)
{
    /// <summary>All names it can have in JSON: one, or one per type for a choice.</summary>
    public IReadOnlyList<string> JsonNames { get; } =
        IsChoice ? [.. Types.Select(t => Name + char.ToUpperInvariant(t[0]) + t[1..])] : [Name];

    /// <summary>The type that a JSON name stands for; all types when the element is no choice (it then has exactly one).</summary>
    public string TypeOf(string jsonName) => IsChoice ? Types[JsonNames.ToList().IndexOf(jsonName)] : Types[0];
}
