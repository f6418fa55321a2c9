using System.Text.Json;
using System.Text.Json.Nodes;

namespace Integration.Core.Events;

/// <summary>JSON Schema (2020-12) of the data of an event type, made from the catalogue.</summary>
public static class EventSchema
{
    /// <summary>What <c>dataschema</c> of the envelope and <c>$id</c> of the schema say.</summary>
    public static string IdOf(string type, int version) => $"{CloudEvent.UsualSource}:event:{type}:{version}";

    /// <summary>
    /// The schema. <c>x-category</c> says which grant a property needs. It allows further properties: they may be added without a new version.
    /// </summary>
    public static JsonObject Of(EventType type)
    {
        var properties = new JsonObject();
        foreach (var property in type.Data)
        {
            var schema = TypeOf(property.Kind);
            schema["description"] = property.Title;
            schema["x-category"] = NameOf(property.Category);
            properties[property.Name] = schema;
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["$id"] = IdOf(type.Name, type.SchemaVersion),
            ["title"] = type.Title,
            ["type"] = "object",
            ["properties"] = properties,
            ["required"] = new JsonArray([.. type.Data.Where(p => p.IsRequired).Select(p => JsonValue.Create(p.Name))]),
        };
    }

    /// <summary>A category as JSON names it.</summary>
    public static string NameOf(DataCategory category) => JsonNamingPolicy.CamelCase.ConvertName(category.ToString());

    private static JsonObject TypeOf(EventValueKind kind) => kind switch
    {
        EventValueKind.Text or EventValueKind.Time => new JsonObject { ["type"] = "string" },
        EventValueKind.Number => new JsonObject { ["type"] = "number" },
        EventValueKind.Integer => new JsonObject { ["type"] = "integer" },
        EventValueKind.Flag => new JsonObject { ["type"] = "boolean" },
        EventValueKind.TextList => new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };
}
