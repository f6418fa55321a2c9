using System.Globalization;
using System.Text;
using System.Text.Json;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Values;

/// <summary>What elements are as values of FHIRPath's System types. FHIR R4 fhirpath.html §2.9.1 (type mapping).</summary>
internal static class SystemValues
{
    /// <summary>
    /// The value of a primitive element or a Quantity; any other item as it is. Text that is no date of its type stays text, so that a
    /// resource that is wrong there can still be asked about other things.
    /// </summary>
    /// <returns>Null for a primitive element without value.</returns>
    public static PathItem? Of(in PathItem item)
    {
        if (!item.IsElement)
        {
            return item;
        }

        switch (item.Json.ValueKind)
        {
            case JsonValueKind.True:
                return PathItem.Of(true);
            case JsonValueKind.False:
                return PathItem.Of(false);
            case JsonValueKind.Number:
                return Number(item);
            case JsonValueKind.String:
                return OfText(item);
            case JsonValueKind.Object when item.Type.IsA("Quantity"):
                return QuantityOf(item.Json) is { } quantity ? PathItem.Of(quantity) : item;
            case JsonValueKind.Undefined or JsonValueKind.Null when item.IsPrimitive:
                return null;
            default:
                return item;
        }
    }

    /// <summary>The text of a string item or of a primitive element that is a JSON string; null for anything else.</summary>
    public static string? TextOf(in PathItem item)
    {
        if (item.Kind == ItemKind.String)
        {
            return item.Text;
        }

        return item.IsElement && item.Json.ValueKind == JsonValueKind.String && JsonText.TryRead(item.Json, out var text)
            ? Encoding.UTF8.GetString(text)
            : null;
    }

    /// <summary>A JSON number as decimal; null when it has more digits or a higher power than a decimal holds.</summary>
    public static decimal? DecimalOf(JsonElement number)
    {
        if (number.TryGetDecimal(out var value))
        {
            return value;
        }

        return null;
    }

    private static PathItem Number(in PathItem item)
    {
        if (item.Type.IsA("integer") && item.Json.TryGetInt64(out var whole))
        {
            return PathItem.Of(whole);
        }

        return DecimalOf(item.Json) is { } value ? PathItem.Of(value) : throw new FhirPathException("A number is too large to calculate with.");
    }

    private static PathItem OfText(in PathItem item)
    {
        var text = TextOf(item) ?? "";
        return item.Type.Type.Name switch
        {
            "date" => PathDate.TryParse(text) is { } date ? PathItem.Of(date) : PathItem.Of(text),
            "dateTime" or "instant" => PathDate.TryParse(text) is { } time ? PathItem.Of(time with { Kind = ItemKind.DateTime }) : PathItem.Of(text),
            "time" => PathDate.TryParse("T" + text) is { } time ? PathItem.Of(time) : PathItem.Of(text),
            _ => PathItem.Of(text),
        };
    }

    /// <summary>A Quantity's code is its unit; without one the unit's name, since equal names mean equal units.</summary>
    private static PathQuantity? QuantityOf(JsonElement json)
    {
        var value = JsonText.Find(json, "value"u8);
        if (value.ValueKind != JsonValueKind.Number || DecimalOf(value) is not { } number)
        {
            return null;
        }

        return new PathQuantity(number, JsonText.FindString(json, "code"u8) ?? JsonText.FindString(json, "unit"u8) ?? "1");
    }

    /// <summary>A decimal as FHIRPath writes it.</summary>
    public static string ToText(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
