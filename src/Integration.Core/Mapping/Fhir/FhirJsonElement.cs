using System.Text.Json;

namespace Integration.Core.Mapping.Fhir;

/// <summary>Reads the few shapes that mapping needs of resources as they were sent, which may be invalid: null for whatever is not there or of another kind.</summary>
internal static class FhirJsonElement
{
    /// <summary>A string at a path of property names; arrays on the way give their first entry.</summary>
    public static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            element = First(Member(element, name));
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
    }

    /// <summary>A property; Undefined when it is not there.</summary>
    public static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The entries of an array, or the value itself when it is none.</summary>
    public static IEnumerable<JsonElement> Each(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [element],
    };

    /// <summary><c>system|value</c> of the first identifier that has both.</summary>
    public static string? FirstIdentifier(JsonElement resource) => Each(Member(resource, "identifier"))
        .Select(i => (System: Text(i, "system"), Value: Text(i, "value")))
        .Where(i => !string.IsNullOrEmpty(i.System) && !string.IsNullOrEmpty(i.Value))
        .Select(i => $"{i.System}|{i.Value}").FirstOrDefault();

    private static JsonElement First(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.GetArrayLength() > 0 ? element[0] : default : element;
}
