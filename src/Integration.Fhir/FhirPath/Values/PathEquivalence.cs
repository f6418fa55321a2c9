using System.Text;
using System.Text.Json;

namespace Integration.Fhir.FhirPath.Values;

/// <summary><c>~</c> of two items. FHIRPath 2.0.0 §6.1.3: case and white space, places behind the point and the id of elements do not count.</summary>
internal static class PathEquivalence
{
    private const int MaxDepth = 50;

    public static bool AreEquivalent(in PathItem left, in PathItem right)
    {
        if (left.IsElement && right.IsElement && left.Json.ValueKind == JsonValueKind.Object && right.Json.ValueKind == JsonValueKind.Object
            && !(left.Type.IsA("Quantity") && right.Type.IsA("Quantity")))
        {
            return AreDeepEquivalent(left.Json, right.Json, 0);
        }

        if (SystemValues.Of(left) is not { } a || SystemValues.Of(right) is not { } b)
        {
            return PathEquality.AreEqual(left, right) == true;
        }

        return (a.Kind, b.Kind) switch
        {
            (ItemKind.String, ItemKind.String) => Normalised(a.Text) == Normalised(b.Text),
            (ItemKind.Integer or ItemKind.Decimal, ItemKind.Integer or ItemKind.Decimal) => AreClose(a.Decimal, b.Decimal),
            (ItemKind.Quantity, ItemKind.Quantity) => AreSimilar(a.Quantity, b.Quantity),
            (ItemKind.Date or ItemKind.DateTime, ItemKind.Date or ItemKind.DateTime) or (ItemKind.Time, ItemKind.Time) =>
                a.Date.Precision == b.Date.Precision && PathDate.Compare(a.Date, b.Date) == 0,
            _ => PathEquality.AreEqual(a, b) == true,
        };
    }

    private static bool AreSimilar(PathQuantity left, PathQuantity right) =>
        left.Unit == right.Unit ? AreClose(left.Value, right.Value) : PathQuantity.Compare(left, right) == 0;

    /// <summary>Rounded to the places of the less precise one.</summary>
    private static bool AreClose(decimal left, decimal right)
    {
        var places = Math.Min(PlacesOf(left), PlacesOf(right));
        return Math.Round(left, places, MidpointRounding.AwayFromZero) == Math.Round(right, places, MidpointRounding.AwayFromZero);
    }

    private static int PlacesOf(decimal value)
    {
        // Zeros at the end are no precision here.
        var places = (int)value.Scale;
        while (places > 0 && decimal.Round(value, places - 1) == value)
        {
            places--;
        }

        return places;
    }

    private static string Normalised(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                result.Append(char.ToLowerInvariant(c));
            }
            else if (result.Length > 0 && result[^1] != ' ')
            {
                result.Append(' ');
            }
        }

        return result.ToString().TrimEnd();
    }

    private static bool AreDeepEquivalent(JsonElement left, JsonElement right, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FhirPathLimitException("Elements are nested too deep to be compared.");
        }

        if (left.ValueKind != right.ValueKind)
        {
            return false;
        }

        return left.ValueKind switch
        {
            JsonValueKind.String => Normalised(left.GetString()!) == Normalised(right.GetString()!),
            JsonValueKind.Number when SystemValues.DecimalOf(left) is { } a && SystemValues.DecimalOf(right) is { } b => AreClose(a, b),
            JsonValueKind.Array => AreMembersEquivalent([.. left.EnumerateArray()], [.. right.EnumerateArray()], depth),
            JsonValueKind.Object => AreObjectsEquivalent(left, right, depth),
            _ => left.GetRawText() == right.GetRawText(),
        };
    }

    private static bool AreMembersEquivalent(List<JsonElement> left, List<JsonElement> right, int depth)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var item in left)
        {
            var at = right.FindIndex(other => AreDeepEquivalent(item, other, depth + 1));
            if (at < 0)
            {
                return false;
            }

            right.RemoveAt(at);
        }

        return true;
    }

    private static bool AreObjectsEquivalent(JsonElement left, JsonElement right, int depth)
    {
        var others = right.EnumerateObject().Where(p => p.Name != "id").ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        var count = 0;
        foreach (var member in left.EnumerateObject().Where(p => p.Name != "id"))
        {
            count++;
            if (!others.TryGetValue(member.Name, out var other) || !AreDeepEquivalent(member.Value, other, depth + 1))
            {
                return false;
            }
        }

        return count == others.Count;
    }
}
