using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Integration.Fhir;
using Integration.Fhir.Validation;

namespace Integration.Core.Storage;

/// <summary>What a JSON value of a stored body stands for.</summary>
public enum BodyValue
{
    /// <summary>No more than its JSON says.</summary>
    Plain,

    /// <summary>A date, a dateTime of any precision, or an instant, as text.</summary>
    Time,

    /// <summary>A decimal number, whether its digits have a fraction or not.</summary>
    Decimal,

    /// <summary>A FHIR resource, whose <c>resourceType</c> says the rest: see <see cref="BodyShape.OfFhir"/>.</summary>
    Resource,
}

/// <summary>
/// What the values of a body stand for, property by property, so that an engine that knows dates and decimals stores them as such and never guesses
/// from digits. Read off the .NET types of a document and, below a FHIR resource, off the element tables of R4. Lists have the shape of their items.
/// Immutable; safe for many threads.
/// </summary>
public sealed class BodyShape
{
    /// <summary>Nothing is known of it: text stays text.</summary>
    public static readonly BodyShape Plain = new(BodyValue.Plain, () => []);

    private static readonly BodyShape Time = new(BodyValue.Time, () => []);
    private static readonly BodyShape Decimal = new(BodyValue.Decimal, () => []);
    private static readonly BodyShape Resource = new(BodyValue.Resource, () => []);
    private static readonly ConcurrentDictionary<string, BodyShape> FhirShapes = new(StringComparer.Ordinal);

    // Made when first asked for: FHIR's types contain each other without end.
    private readonly Lazy<Dictionary<byte[], BodyShape>.AlternateLookup<ReadOnlySpan<byte>>> _properties;
    private readonly BodyShape? _others;

    private BodyShape(BodyValue value, Func<Dictionary<byte[], BodyShape>> properties, BodyShape? others = null)
    {
        Value = value;
        _others = others;
        _properties = new(() => new Dictionary<byte[], BodyShape>(properties(), Utf8NameComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>());
    }

    /// <summary>Of the value itself.</summary>
    public BodyValue Value { get; }

    /// <summary>Shape of a property's value, or of each of its values when it is a list.</summary>
    /// <param name="name">UTF-8, unescaped.</param>
    public BodyShape Property(ReadOnlySpan<byte> name) => _properties.Value.TryGetValue(name, out var shape) ? shape : _others ?? Plain;

    /// <summary>Shape of a FHIR type or resource; plain when R4 has none of that name.</summary>
    public static BodyShape OfFhir(string typeName) => FhirShapes.TryGetValue(typeName, out var known) ? known : FhirShapes.GetOrAdd(typeName, MakeFhir(typeName));

    /// <summary>Shape of documents that are written by this contract.</summary>
    internal static BodyShape Of(JsonTypeInfo json) => json.Type switch
    {
        var type when type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?) => Time,
        var type when type == typeof(decimal) || type == typeof(decimal?) => Decimal,
        var type when type == typeof(JsonObject) => Resource,
        _ => json.Kind switch
        {
            JsonTypeInfoKind.Enumerable => Of(json.Options.GetTypeInfo(json.ElementType!)),
            JsonTypeInfoKind.Dictionary => new BodyShape(BodyValue.Plain, () => [], Of(json.Options.GetTypeInfo(json.ElementType!))),
            JsonTypeInfoKind.Object => new BodyShape(BodyValue.Plain, () => json.Properties.ToDictionary(property => Encoding.UTF8.GetBytes(property.Name), Of)),
            _ => Plain,
        },
    };

    private static BodyShape Of(JsonPropertyInfo property) =>
        property.AttributeProvider?.IsDefined(typeof(FhirTimeAttribute), inherit: false) == true ? Time : Of(property.Options.GetTypeInfo(property.PropertyType));

    private static BodyShape MakeFhir(string typeName) => typeName switch
    {
        "date" or "dateTime" or "instant" => Time,
        "decimal" => Decimal,
        "Resource" or "DomainResource" => Resource,
        _ => FhirSchema.Find(typeName) is { Kind: not FhirTypeKind.Primitive } type ? new BodyShape(BodyValue.Plain, () => Properties(type)) : Plain,
    };

    private static Dictionary<byte[], BodyShape> Properties(FhirType type)
    {
        var properties = new Dictionary<byte[], BodyShape>(Utf8NameComparer.Instance);
        foreach (var element in type.Elements)
        {
            foreach (var name in element.JsonNames)
            {
                var elementType = element.TypeOf(name);
                properties[Encoding.UTF8.GetBytes(name)] = OfFhir(elementType);
                if (FhirSchema.Find(elementType)?.Kind == FhirTypeKind.Primitive)
                {
                    // Id and extensions of a primitive stand beside it (FHIR R4 JSON, "JSON representation of primitive elements").
                    properties[Encoding.UTF8.GetBytes("_" + name)] = OfFhir("Element");
                }
            }
        }

        return properties;
    }
}

/// <summary>Marks a string of a stored document as a FHIR date, dateTime or instant.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FhirTimeAttribute : Attribute;
