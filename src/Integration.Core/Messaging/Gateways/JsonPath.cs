using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Core.Records;

namespace Integration.Core.Messaging.Gateways;

/// <summary>Names of properties and numbers of entries, from 0, with full stops between: <c>data.0.msgid</c>. Immutable.</summary>
public sealed partial class JsonPath
{
    private readonly string[] _steps;

    private JsonPath(string text) => _steps = text.Split('.');

    /// <summary>Null when the text is no path.</summary>
    public static JsonPath? Parse(string text) => Form().IsMatch(text) ? new JsonPath(text) : null;

    /// <summary>What stands there; null: nothing.</summary>
    public JsonNode? Find(JsonNode? node)
    {
        foreach (var step in _steps)
        {
            node = node switch
            {
                JsonObject parent => parent[step],
                JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text, number or truth value that stands there, as text; null: none.</summary>
    public string? TextOf(JsonNode? node) => Find(node) is JsonValue value ? value.Text() : null;

    [GeneratedRegex(@"^[^.\s]+(\.[^.\s]+)*$")]
    private static partial Regex Form();
}
