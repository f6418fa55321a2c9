using System.Text.Json;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Values;

internal enum ItemKind : byte
{
    /// <summary>An element or resource of the document; its type is in <see cref="PathItem.Type"/>.</summary>
    Element,
    Boolean,
    String,
    Integer,
    Decimal,
    Date,
    DateTime,
    Time,
    Quantity,
}

/// <summary>One member of a collection: an element of the document, or a value of one of FHIRPath's System types.</summary>
internal readonly struct PathItem
{
    private readonly object? _data;
    private readonly long _number;

    private PathItem(ItemKind kind, object? data, long number = 0)
    {
        Kind = kind;
        _data = data;
        _number = number;
    }

    private PathItem(JsonElement json, JsonElement sibling, TypePlan type)
    {
        Kind = ItemKind.Element;
        Json = json;
        Sibling = sibling;
        _data = type;
    }

    public ItemKind Kind { get; }

    /// <summary>Of an element; undefined when a primitive has only extensions, or a reference was resolved to no more than its type.</summary>
    public JsonElement Json { get; }

    /// <summary>Id and extensions of a primitive element, from its <c>_name</c> property; else undefined.</summary>
    public JsonElement Sibling { get; }

    public bool IsElement => Kind == ItemKind.Element;

    public TypePlan Type => (TypePlan)_data!;

    public string Text => (string)_data!;

    public bool Boolean => _number != 0;

    public long Integer => _number;

    public decimal Decimal => Kind == ItemKind.Integer ? _number : (decimal)_data!;

    public PathDate Date => (PathDate)_data!;

    public PathQuantity Quantity => (PathQuantity)_data!;

    /// <summary>Whether it is an element of a primitive type.</summary>
    public bool IsPrimitive => Kind == ItemKind.Element && Type.Format is not null;

    public bool HasValue => Json.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static PathItem Element(JsonElement json, JsonElement sibling, TypePlan type) => new(json, sibling, type);

    public static PathItem Of(bool value) => new(ItemKind.Boolean, null, value ? 1 : 0);

    public static PathItem Of(string value) => new(ItemKind.String, value);

    public static PathItem Of(long value) => new(ItemKind.Integer, null, value);

    public static PathItem Of(decimal value) => new(ItemKind.Decimal, value);

    public static PathItem Of(PathDate value) => new(value.Kind, value);

    public static PathItem Of(PathQuantity value) => new(ItemKind.Quantity, value);
}
