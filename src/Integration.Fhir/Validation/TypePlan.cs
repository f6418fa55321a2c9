using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>A type of FHIR R4 made ready for the walk: properties by UTF-8 name, each with its slot. Immutable once built; shared by all threads.</summary>
internal sealed class TypePlan
{
    private static readonly ConcurrentDictionary<string, TypePlan> Plans = new(StringComparer.Ordinal);

    private readonly Dictionary<byte[], PropertyPlan> _properties = new(Utf8NameComparer.Instance);
    private readonly Dictionary<byte[], PropertyPlan>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    private TypePlan(FhirType type)
    {
        Type = type;
        Format = type.Kind == FhirTypeKind.Primitive ? PrimitiveFormat.Of(type.Name) : null;
        Invariant = Invariants.Of(type.Name);
        var slot = 0;
        var elements = new List<ElementPlan>();
        foreach (var element in type.Elements)
        {
            var properties = element.JsonNames.Select(name => new PropertyPlan(type, element, name, slot++)).ToArray();
            elements.Add(new ElementPlan(element, properties));
            foreach (var property in properties)
            {
                _properties.Add(Encoding.UTF8.GetBytes(property.JsonName), property);
            }
        }

        Elements = [.. elements];
        PropertyCount = slot;
        _lookup = _properties.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public FhirType Type { get; }

    public ElementPlan[] Elements { get; }

    public int PropertyCount { get; }

    /// <summary>Null unless the type is primitive.</summary>
    public PrimitiveFormat? Format { get; }

    /// <summary>A rule across the children of one object of this type; null for most types.</summary>
    public Action<ResourceWalk, JsonElement>? Invariant { get; }

    /// <param name="typeName">A name that <see cref="FhirSchema"/> knows.</param>
    public static TypePlan Of(string typeName) =>
        Plans.TryGetValue(typeName, out var plan) ? plan : Plans.GetOrAdd(typeName, new TypePlan(FhirSchema.Find(typeName)!));

    /// <summary>The property of a JSON name, also of <c>_birthDate</c>, which holds id and extensions of the primitive birthDate.</summary>
    public PropertyPlan? Find(ReadOnlySpan<byte> name, out bool isSibling)
    {
        isSibling = name.Length > 1 && name[0] == '_';
        return _lookup.TryGetValue(isSibling ? name[1..] : name, out var property) && (!isSibling || property.HasSibling) ? property : null;
    }
}

/// <summary>One element with its JSON properties: one, or one per type of a choice.</summary>
internal sealed record ElementPlan(FhirElement Element, PropertyPlan[] Properties);

/// <summary>One JSON property of a type.</summary>
internal sealed class PropertyPlan(FhirType owner, FhirElement element, string jsonName, int slot)
{
    private readonly string _typeName = element.TypeOf(jsonName);
    private TypePlan? _type;

    public FhirElement Element { get; } = element;

    public string JsonName { get; } = jsonName;

    /// <summary>Position among the owner's properties, 0-based.</summary>
    public int Slot { get; } = slot;

    /// <summary>Looked up on first use, since types refer to each other in circles.</summary>
    public TypePlan Type => _type ??= TypePlan.Of(_typeName);

    public bool IsPrimitive { get; } = FhirSchema.Find(element.TypeOf(jsonName))!.Kind == FhirTypeKind.Primitive;

    public bool IsReference => _typeName == "Reference";

    /// <summary>Whether any resource may stand here: contained, Bundle.entry.resource.</summary>
    public bool IsResource => _typeName == "Resource";

    /// <summary>The element's id and a narrative's div are attributes in XML, so they have no id and extensions of their own.</summary>
    public bool HasSibling => IsPrimitive && _typeName != "xhtml" && (JsonName != "id" || owner.Kind == FhirTypeKind.Resource);

    /// <summary>Null when no binding of strength required stands on the element, or its codes cannot be enumerated.</summary>
    public FhirValueSet? RequiredValueSet { get; } =
        element.RequiredValueSet is { } url && FhirSchema.FindValueSet(url) is { Codes: not null } valueSet ? valueSet : null;
}
