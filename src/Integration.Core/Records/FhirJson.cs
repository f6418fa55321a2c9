using System.Text.Json;
using System.Text.Json.Nodes;

namespace Integration.Core.Records;

/// <summary>Reads the few FHIR shapes that a summary needs, tolerant of what is not there: every member returns null for absence.</summary>
internal static class FhirJson
{
    /// <summary>A string, or the text of a number or boolean, at a path of property names; arrays on the way give their first entry.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = First(node) is JsonObject parent ? parent[name] : null;
        }

        return First(node) switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            JsonValue value => value.ToJsonString(),
            _ => null,
        };
    }

    /// <summary>The objects of an array, or none.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonNode? node, string name) =>
        node is JsonObject parent && parent[name] is JsonArray array ? array.OfType<JsonObject>() : [];

    /// <summary>What a person reads for a CodeableConcept: its text, else a display, else a code.</summary>
    public static string? Concept(this JsonNode? node, string name)
    {
        var concept = First(node is JsonObject parent ? parent[name] : null);
        return concept.Text("text") ?? concept.Text("coding", "display") ?? concept.Text("coding", "code");
    }

    /// <summary>A HumanName as text: <c>text</c>, else Chinese family and given run together, else given then family.</summary>
    public static string? Name(JsonNode? name) => Name(
        name.Text("text"), name.Text("family"), name is JsonObject parent && parent["given"] is JsonArray parts ? string.Join(' ', parts.Select(p => p.Text())) : null);

    /// <param name="given">All given names with a blank between them.</param>
    /// <inheritdoc cref="Name(JsonNode?)"/>
    public static string? Name(string? text, string? family, string? given)
    {
        if (text is not null)
        {
            return text;
        }

        if (string.IsNullOrEmpty(given) || string.IsNullOrEmpty(family))
        {
            return string.IsNullOrEmpty(given) ? family : given;
        }

        return family.Any(c => c >= 0x2E80) ? family + given : $"{given} {family}";
    }

    /// <summary>The first instant of a FHIR date, dateTime or instant of any precision; one without an offset is read as UTC.</summary>
    public static DateTimeOffset? Instant(string? text) => text switch
    {
        null => null,
        { Length: 4 } => Parse(text + "-01-01"),
        { Length: 7 } => Parse(text + "-01"),
        _ => Parse(text),
    };

    private static DateTimeOffset? Parse(string text) =>
        DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : null;

    private static JsonNode? First(JsonNode? node) => node is JsonArray array ? array.Count > 0 ? array[0] : null : node;
}
