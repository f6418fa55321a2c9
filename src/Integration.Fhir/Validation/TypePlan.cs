using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Integration.Fhir.Schema;

namespace Integration.Fhir.Validation;

/// <summary>A type of FHIR R4 made ready for the walk: properties by UTF-8 name, each with its slot. Immutable once built; shared by all threads.</summary>
internal sealed class TypePlan
{
    private static readonly ConcurrentDictionary<string, TypePlan> Plans = new(StringComparer.Ordinal);

    /// <summary>The resources that have instances, by the text of their <c>resourceType</c>.</summary>
    private static readonly Dictionary<byte[], string> ResourceNames = SchemaTables.Shared.ResourceNames
        .ToDictionary(Encoding.UTF8.GetBytes, name => name, Utf8NameComparer.Instance);

    private static readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> ResourceNameLookup =
        ResourceNames.GetAlternateLookup<ReadOnlySpan<byte>>();

    private readonly Dictionary<byte[], PropertyPlan> _properties = new(Utf8NameComparer.Instance);
    private readonly Dictionary<string, ElementPlan> _elements = new(StringComparer.Ordinal);
    private readonly HashSet<string> _baseNames;
    private readonly Dictionary<byte[], PropertyPlan>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    private TypePlan(FhirType type)
    {
        Type = type;
        Format = type.Kind == FhirTypeKind.Primitive ? PrimitiveFormat.Of(type.Name) : null;
        IsTemporal = type.Name is "date" or "dateTime" or "instant" or "time";
        _baseNames = [.. BaseNames(type)];
        var slot = 0;
        var elements = new List<ElementPlan>();
        foreach (var element in type.Elements)
        {
            var properties = element.JsonNames.Select(name => new PropertyPlan(type, element, name, slot++)).ToArray();
            var plan = new ElementPlan(element, properties);
            elements.Add(plan);
            _elements.Add(element.Name, plan);
            foreach (var property in properties)
            {
                property.Plan = plan;
                _properties.Add(Encoding.UTF8.GetBytes(property.JsonName), property);
            }
        }

        Elements = [.. elements];
        PropertyCount = slot;
        _lookup = _properties.GetAlternateLookup<ReadOnlySpan<byte>>();
        Invariants = TypeInvariants.Of(this);
    }

    public FhirType Type { get; }

    public ElementPlan[] Elements { get; }

    public int PropertyCount { get; }

    /// <summary>Null unless the type is primitive.</summary>
    public PrimitiveFormat? Format { get; }

    /// <summary>The values are dates or times, which compare by precision and not by text.</summary>
    public bool IsTemporal { get; }

    /// <summary>Null for a type that has none beyond those that the walk checks itself.</summary>
    public TypeInvariants? Invariants { get; }

    /// <param name="typeName">A name that <see cref="FhirSchema"/> knows.</param>
    public static TypePlan Of(string typeName) =>
        Plans.TryGetValue(typeName, out var plan) ? plan : Plans.GetOrAdd(typeName, new TypePlan(FhirSchema.Find(typeName)!));

    /// <summary>The type that a resource names itself; null when it is no object or names none that has instances.</summary>
    public static TypePlan? OfResource(JsonElement resource)
    {
        if (resource.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var name = JsonText.Find(resource, "resourceType"u8);
        return name.ValueKind == JsonValueKind.String && JsonText.TryRead(name, out var text) && ResourceNameLookup.TryGetValue(text, out var known)
            ? Of(known)
            : null;
    }

    /// <summary>The element of a name without the type of a choice: <c>value</c>; null when the type has none.</summary>
    public ElementPlan? FindElement(string name) => _elements.GetValueOrDefault(name);

    /// <summary>Whether it is the type of that name or specialises it.</summary>
    public bool IsA(string typeName) => Type.Name == typeName || _baseNames.Contains(typeName);

    /// <summary>The property of a JSON name, also of <c>_birthDate</c>, which holds id and extensions of the primitive birthDate.</summary>
    public PropertyPlan? Find(ReadOnlySpan<byte> name, out bool isSibling)
    {
        isSibling = name.Length > 1 && name[0] == '_';
        return _lookup.TryGetValue(isSibling ? name[1..] : name, out var property) && (!isSibling || property.HasSibling) ? property : null;
    }

    private static IEnumerable<string> BaseNames(FhirType type)
    {
        for (var name = type.BaseName; name is not null; name = FhirSchema.Find(name)?.BaseName)
        {
            yield return name;
        }
    }
}

/// <summary>One element with its JSON properties: one, or one per type of a choice.</summary>
internal sealed class ElementPlan(FhirElement element, PropertyPlan[] properties)
{
    public FhirElement Element { get; } = element;

    public PropertyPlan[] Properties { get; } = properties;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(element.Name);

    /// <summary>Its bit in what the invariants of the owner look at, -1 when they do not; set while the owner is built.</summary>
    public int WatchBit { get; set; } = -1;

    /// <summary>The constraints on the element itself; mostly none.</summary>
    public Invariant[] Invariants { get; } = [.. element.Constraints.Select(c => Invariant.Of(element.Name, c))];
}

/// <summary>One JSON property of a type.</summary>
internal sealed class PropertyPlan(FhirType owner, FhirElement element, string jsonName, int slot)
{
    private readonly string _typeName = element.TypeOf(jsonName);
    private TypePlan? _type;

    /// <summary>Set while the owner is built.</summary>
    public ElementPlan Plan { get; set; } = null!;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(jsonName);

    public byte[] Utf8SiblingName { get; } = Encoding.UTF8.GetBytes("_" + jsonName);

    public FhirElement Element { get; } = element;

    public string JsonName { get; } = jsonName;

    /// <summary>Position among the owner's properties, 0-based.</summary>
    public int Slot { get; } = slot;

    /// <summary>Looked up on first use, since types refer to each other in circles.</summary>
    public TypePlan Type => _type ??= TypePlan.Of(_typeName);

    public bool IsPrimitive { get; } = FhirSchema.Find(element.TypeOf(jsonName))!.Kind == FhirTypeKind.Primitive;

    public bool IsId { get; } = jsonName == "id";

    public bool IsReference => _typeName == "Reference";

    /// <summary>Whether any resource may stand here: contained, Bundle.entry.resource.</summary>
    public bool IsResource => _typeName == "Resource";

    /// <summary>The element's id and a narrative's div are attributes in XML, so they have no id and extensions of their own.</summary>
    public bool HasSibling => IsPrimitive && _typeName != "xhtml" && (JsonName != "id" || owner.Kind == FhirTypeKind.Resource);

    /// <summary>Null when no binding of strength required stands on the element, or its codes cannot be enumerated.</summary>
    public FhirValueSet? RequiredValueSet { get; } =
        element.RequiredValueSet is { } url && FhirSchema.FindValueSet(url) is { Codes: not null } valueSet ? valueSet : null;
}
