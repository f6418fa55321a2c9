using System.Text.Json;
using System.Text.Json.Nodes;

namespace Integration.Core.Records;

/// <summary>
/// Whether two JSON values are the same, as <see cref="JsonNode.DeepEquals"/> says it, but for numbers, which must agree in every digit: <c>1.10</c> is more
/// precise than <c>1.1</c> (FHIR R4 §2.24.0.1 decimal). Texts are compared where they lie: one side has usually been read from the store, the other was just mapped.
/// </summary>
internal static class JsonSameness
{
    public static bool Same(JsonNode? a, JsonNode? b)
    {
        if (a is null || b is null || ReferenceEquals(a, b))
        {
            return ReferenceEquals(a, b);
        }

        return (a, b) switch
        {
            (JsonObject left, JsonObject right) => SameObjects(left, right),
            (JsonArray left, JsonArray right) => SameArrays(left, right),
            (JsonValue left, JsonValue right) => SameValues(left, right),
            _ => false,
        };
    }

    private static bool SameObjects(JsonObject a, JsonObject b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        foreach (var (name, value) in a)
        {
            if (!b.TryGetPropertyValue(name, out var other) || !Same(value, other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameArrays(JsonArray a, JsonArray b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!Same(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameValues(JsonValue a, JsonValue b)
    {
        var kind = a.GetValueKind();
        if (kind != b.GetValueKind())
        {
            return false;
        }

        if (kind != JsonValueKind.String)
        {
            return kind != JsonValueKind.Number || a.ToJsonString() == b.ToJsonString();
        }

        return a.TryGetValue<JsonElement>(out var stored) ? stored.ValueEquals(b.GetValue<string>())
            : b.TryGetValue(out stored) ? stored.ValueEquals(a.GetValue<string>())
            : a.GetValue<string>() == b.GetValue<string>();
    }
}
