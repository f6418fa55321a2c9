using Integration.Fhir.Schema;

namespace Integration.Fhir;

/// <summary>The element tables of FHIR R4 (4.0.1). Read once on first use, a type when it is first asked for; safe for many threads.</summary>
public static class FhirSchema
{
    /// <summary>A resource, datatype, primitive or backbone type (<c>Patient</c>, <c>HumanName</c>, <c>dateTime</c>, <c>Patient.contact</c>); null when R4 has none of that name.</summary>
    public static FhirType? Find(string name) => SchemaTables.Shared.FindType(name);

    /// <summary>The names of all types, abstract ones (<c>Element</c>, <c>DomainResource</c>) and backbones included.</summary>
    public static IReadOnlyCollection<string> TypeNames => SchemaTables.Shared.TypeNames;

    /// <summary>The value set of a required binding by its canonical URL without version; null when no required binding of R4 uses it.</summary>
    public static FhirValueSet? FindValueSet(string url) => SchemaTables.Shared.FindValueSet(url);

    /// <summary>The codes of a required binding's value set, whatever their system; null when the URL is unknown or its codes are not enumerable.</summary>
    public static IReadOnlySet<string>? RequiredCodes(string valueSetUrl) => FindValueSet(valueSetUrl)?.Codes;
}

/// <summary>What kind of type a name stands for.</summary>
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

    /// <summary>Element, BackboneElement, Resource, DomainResource: the base of others, never itself in an instance.</summary>
    public bool IsAbstract { get; init; }

    /// <summary>The type it specialises, e.g. <c>Quantity</c> for Age, <c>string</c> for code; null for Element and Resource.</summary>
    public string? BaseName { get; init; }

    /// <summary>The regular expression that the whole text of a primitive matches (FHIR R4 datatypes); null for all other kinds.</summary>
    public string? Pattern { get; init; }

    /// <summary>What holds for every value of the type beyond its structure, inherited ones first.</summary>
    public IReadOnlyList<FhirConstraint> Constraints { get; init; } = [];

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

/// <summary>An invariant of the definitions (FHIR R4 ElementDefinition.constraint).</summary>
/// <param name="Key">Unique within a type, e.g. <c>pat-1</c>.</param>
/// <param name="Severity">What it means when the expression is false.</param>
/// <param name="Human">The rule in words.</param>
/// <param name="Expression">FHIRPath, evaluated on the element that it belongs to.</param>
public sealed record FhirConstraint(string Key, FhirIssueSeverity Severity, string Human, string Expression);

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
    /// <summary>What holds for each of its values beyond what their type says.</summary>
    public IReadOnlyList<FhirConstraint> Constraints { get; init; } = [];

    /// <summary>It belongs to the short form of its type (FHIR R4 ElementDefinition.isSummary).</summary>
    public bool IsSummary { get; init; }

    /// <summary>All names it can have in JSON: one, or one per type for a choice.</summary>
    public IReadOnlyList<string> JsonNames { get; } =
        IsChoice ? [.. Types.Select(t => Name + char.ToUpperInvariant(t[0]) + t[1..])] : [Name];

    /// <summary>The type that a JSON name stands for; an element that is no choice has exactly one.</summary>
    /// <exception cref="ArgumentException">The name is not among <see cref="JsonNames"/>.</exception>
    public string TypeOf(string jsonName)
    {
        for (var i = 0; i < JsonNames.Count; i++)
        {
            if (JsonNames[i] == jsonName)
            {
                return Types[i];
            }
        }

        throw new ArgumentException($"{Name} has no JSON name '{jsonName}'; it has {string.Join(", ", JsonNames)}.", nameof(jsonName));
    }
}
