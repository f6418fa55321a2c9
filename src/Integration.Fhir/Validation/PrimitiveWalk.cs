using System.Runtime.InteropServices;
using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>
/// Primitive elements: the value under its own name, id and extensions in the sibling <c>_name</c>; for repeating elements two arrays that
/// are read side by side, filled up with null (FHIR R4 json.html §2.6.2.1).
/// </summary>
internal static class PrimitiveWalk
{
    /// <param name="value">Undefined when only the sibling is present.</param>
    /// <param name="sibling">Undefined when only the value is present.</param>
    public static void Property(ResourceWalk walk, PropertyPlan property, JsonElement value, JsonElement sibling)
    {
        var isArray = value.ValueKind == JsonValueKind.Array || sibling.ValueKind == JsonValueKind.Array;
        if (isArray != property.Element.IsArray)
        {
            walk.Error("structure", isArray
                ? "The element does not repeat, so its value is not a JSON array."
                : "The element repeats, so its value is a JSON array.");
        }

        if (!isArray)
        {
            Item(walk, property, value, sibling, isInArray: false);
        }
        else if (IsArrayOrAbsent(value) && IsArrayOrAbsent(sibling))
        {
            Items(walk, property, value, sibling);
        }
        else
        {
            walk.Error("structure", $"'{property.JsonName}' and '_{property.JsonName}' are either both arrays or both not.");
        }
    }

    private static bool IsArrayOrAbsent(JsonElement value) => value.ValueKind is JsonValueKind.Array or JsonValueKind.Undefined;

    private static int LengthOf(JsonElement array) => array.ValueKind == JsonValueKind.Array ? array.GetArrayLength() : -1;

    private static void Items(ResourceWalk walk, PropertyPlan property, JsonElement values, JsonElement siblings)
    {
        var (valueCount, siblingCount) = (LengthOf(values), LengthOf(siblings));
        if (valueCount == 0 || siblingCount == 0)
        {
            walk.Error("structure", "An array is never empty; leave the element out.");
        }
        else if (valueCount > 0 && siblingCount > 0 && valueCount != siblingCount)
        {
            walk.Error("structure", $"'{property.JsonName}' and '_{property.JsonName}' differ in length; fill up with null.");
        }

        var value = valueCount > 0 ? values.EnumerateArray() : default;
        var sibling = siblingCount > 0 ? siblings.EnumerateArray() : default;
        for (var i = 0; i < Math.Max(valueCount, siblingCount) && !walk.IsFull; i++)
        {
            walk.Path.SetIndex(i);
            Item(
                walk,
                property,
                i < valueCount && value.MoveNext() ? value.Current : default,
                i < siblingCount && sibling.MoveNext() ? sibling.Current : default,
                isInArray: true);
        }

        walk.Path.ClearIndex();
    }

    private static void Item(ResourceWalk walk, PropertyPlan property, JsonElement value, JsonElement sibling, bool isInArray)
    {
        var hasValue = value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
        switch (sibling.ValueKind)
        {
            case JsonValueKind.Object:
                walk.Sibling(sibling, hasValue);
                break;
            case JsonValueKind.Undefined:
            case JsonValueKind.Null when isInArray:
                break;
            default:
                walk.Error("structure", $"'_{property.JsonName}' holds a JSON object with id or extensions.");
                break;
        }

        if (property.Plan.Invariants.Length > 0)
        {
            walk.Invariants.Element(property, value, sibling);
        }

        if (hasValue)
        {
            Value(walk, property, value);
        }
        else if (value.ValueKind == JsonValueKind.Null && !isInArray)
        {
            walk.Error("structure", "null stands only in arrays of primitives; leave the element out.");
        }
        else if (sibling.ValueKind == JsonValueKind.Undefined || (sibling.ValueKind == JsonValueKind.Null && isInArray))
        {
            walk.Error("structure", $"null stands only where '_{property.JsonName}' has an extension at the same place.");
        }
    }

    private static void Value(ResourceWalk walk, PropertyPlan property, JsonElement value)
    {
        var format = property.Type.Format!;
        if (!format.IsJsonKind(value.ValueKind))
        {
            walk.Error("structure", $"A value of type {property.Type.Type.Name} is {format.JsonKindName} in JSON.");
            return;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            if (!format.Matches(JsonMarshal.GetRawUtf8Value(value)))
            {
                walk.Error("value", $"The value is not {format.Expected}.");
            }

            return;
        }

        if (!JsonText.TryRead(value, out var text))
        {
            walk.Error("value", "The value is not valid Unicode text.");
        }
        else if (text.IsEmpty)
        {
            walk.Error("value", "A string is never empty; leave the element out.");
        }
        else if (!format.Matches(text))
        {
            walk.Error("value", $"The value is not {format.Expected}.");
        }
        else if (PrimitiveFormat.IsBlank(text))
        {
            walk.Warning("value", "The value is only white space, which readers may trim to nothing.");
        }
        else
        {
            Bindings.CheckCode(walk, property, text);
        }
    }
}
