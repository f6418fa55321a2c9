using System.Text.Json;
using Integration.Fhir.Validation;

namespace Integration.Fhir.FhirPath.Values;

/// <summary>Equality of items and collections. FHIRPath 2.0.0 §6.1.</summary>
internal static class PathEquality
{
    private const int MaxDepth = 200;

    /// <summary><c>=</c> of two collections on the stack; null when either is empty or the precision of dates leaves it open.</summary>
    public static bool? AreEqual(PathMachine machine, int left, int leftCount, int right, int rightCount)
    {
        if (leftCount == 0 || rightCount == 0)
        {
            return null;
        }

        if (leftCount != rightCount)
        {
            return false;
        }

        bool? result = true;
        for (var i = 0; i < leftCount; i++)
        {
            machine.Spend();
            switch (AreEqual(machine[left + i], machine[right + i]))
            {
                case false:
                    return false;
                case null:
                    result = null;
                    break;
                default:
                    break;
            }
        }

        return result;
    }

    /// <summary><c>~</c>: order does not matter, two empty collections are equivalent.</summary>
    public static bool AreEquivalent(PathMachine machine, int left, int leftCount, int right, int rightCount)
    {
        if (leftCount != rightCount)
        {
            return false;
        }

        var used = new bool[rightCount];
        for (var i = 0; i < leftCount; i++)
        {
            var found = -1;
            for (var j = 0; j < rightCount && found < 0; j++)
            {
                machine.Spend();
                if (!used[j] && PathEquivalence.AreEquivalent(machine[left + i], machine[right + j]))
                {
                    found = j;
                }
            }

            if (found < 0)
            {
                return false;
            }

            used[found] = true;
        }

        return true;
    }

    /// <summary>Whether an item of the range is equal to <paramref name="item"/>.</summary>
    public static bool Contains(PathMachine machine, int start, int count, in PathItem item)
    {
        for (var i = start; i < start + count; i++)
        {
            machine.Spend();
            if (AreEqual(machine[i], item) == true)
            {
                return true;
            }
        }

        return false;
    }

    public static bool? AreEqual(in PathItem left, in PathItem right)
    {
        if (left.IsElement && right.IsElement)
        {
            if (TrySameText(left, right, out var same))
            {
                return same;
            }

            if (left.Json.ValueKind == JsonValueKind.Object && right.Json.ValueKind == JsonValueKind.Object
                && !(left.Type.IsA("Quantity") && right.Type.IsA("Quantity")))
            {
                return AreDeepEqual(left.Json, right.Json, 0);
            }
        }

        if (SystemValues.Of(left) is not { } a || SystemValues.Of(right) is not { } b)
        {
            // Primitives without value are the same when their extensions are.
            return left.IsElement && right.IsElement && !left.HasValue && !right.HasValue && AreDeepEqual(left.Sibling, right.Sibling, 0);
        }

        return AreSystemEqual(a, b);
    }

    /// <summary>Whether the element is a JSON string of exactly these bytes; null when this cannot be told without its type.</summary>
    public static bool? HasText(in PathItem item, ReadOnlySpan<byte> utf8)
    {
        if (!item.IsElement || item.Json.ValueKind != JsonValueKind.String || item.Type.IsTemporal)
        {
            return null;
        }

        return JsonText.TryRead(item.Json, out var text) && text.SequenceEqual(utf8);
    }

    private static bool TrySameText(in PathItem left, in PathItem right, out bool same)
    {
        same = false;
        if (left.Json.ValueKind != JsonValueKind.String || right.Json.ValueKind != JsonValueKind.String || left.Type.IsTemporal || right.Type.IsTemporal)
        {
            return false;
        }

        same = JsonText.TryRead(left.Json, out var a) && JsonText.TryRead(right.Json, out var b) && a.SequenceEqual(b);
        return true;
    }

    private static bool? AreSystemEqual(in PathItem left, in PathItem right)
    {
        switch (left.Kind, right.Kind)
        {
            case (ItemKind.Integer or ItemKind.Decimal, ItemKind.Integer or ItemKind.Decimal):
                return left.Decimal == right.Decimal;
            case (ItemKind.Date or ItemKind.DateTime, ItemKind.Date or ItemKind.DateTime) or (ItemKind.Time, ItemKind.Time):
                return PathDate.Compare(left.Date, right.Date) is { } order ? order == 0 : null;
            case (ItemKind.Quantity, ItemKind.Quantity):
                return PathQuantity.Compare(left.Quantity, right.Quantity) is { } size ? size == 0 : null;
            case (ItemKind.Quantity, ItemKind.Integer or ItemKind.Decimal):
                return left.Quantity.Unit == "1" && left.Quantity.Value == right.Decimal;
            case (ItemKind.Integer or ItemKind.Decimal, ItemKind.Quantity):
                return AreSystemEqual(right, left);
            case (ItemKind.String, ItemKind.String):
                return left.Text == right.Text;
            case (ItemKind.Boolean, ItemKind.Boolean):
                return left.Boolean == right.Boolean;
            default:
                return false;
        }
    }

    /// <summary>Same content: members in any order, numbers by value, arrays in order.</summary>
    private static bool AreDeepEqual(JsonElement left, JsonElement right, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FhirPathLimitException("Elements are nested too deep to be compared.");
        }

        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.String:
                return JsonText.TryRead(left, out var a) && JsonText.TryRead(right, out var b) && a.SequenceEqual(b);
            case JsonValueKind.Number:
                return SystemValues.DecimalOf(left) is { } x && SystemValues.DecimalOf(right) is { } y ? x == y : left.GetRawText() == right.GetRawText();
            case JsonValueKind.Array:
                return AreArraysEqual(left, right, depth);
            case JsonValueKind.Object:
                return AreObjectsEqual(left, right, depth);
            default:
                return true;
        }
    }

    private static bool AreArraysEqual(JsonElement left, JsonElement right, int depth)
    {
        if (left.GetArrayLength() != right.GetArrayLength())
        {
            return false;
        }

        var other = right.EnumerateArray();
        foreach (var item in left.EnumerateArray())
        {
            if (!other.MoveNext() || !AreDeepEqual(item, other.Current, depth + 1))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreObjectsEqual(JsonElement left, JsonElement right, int depth)
    {
        if (left.GetPropertyCount() != right.GetPropertyCount())
        {
            return false;
        }

        foreach (var member in left.EnumerateObject())
        {
            if (!JsonText.TryReadName(member, out var name)
                || JsonText.Find(right, name) is not { ValueKind: not JsonValueKind.Undefined } other
                || !AreDeepEqual(member.Value, other, depth + 1))
            {
                return false;
            }
        }

        return true;
    }
}
