using System.Text.Json.Nodes;

namespace Integration.Core.Messaging.Gateways;

/// <summary>JSON whose texts hold placeholders. Closed set; immutable.</summary>
public abstract record JsonTemplate
{
    private JsonTemplate()
    {
    }

    /// <summary>Names of the placeholders in it.</summary>
    public IEnumerable<string> Names => this switch
    {
        Text text => text.Value.Names,
        Object block => block.Properties.SelectMany(property => property.Value.Names),
        Array list => list.Items.SelectMany(item => item.Names),
        _ => [],
    };

    /// <summary>The JSON with values put in; a value that there is not is empty.</summary>
    public abstract JsonNode? Render(Func<string, string?> value);

    /// <summary>A text with placeholders.</summary>
    public sealed record Text(PlaceholderText Value) : JsonTemplate
    {
        public override JsonNode? Render(Func<string, string?> value) => JsonValue.Create(Value.Render(name => value(name) ?? "", []));
    }

    /// <param name="Value">Number, truth value or null.</param>
    public sealed record Literal(JsonNode? Value) : JsonTemplate
    {
        public override JsonNode? Render(Func<string, string?> value) => Value?.DeepClone();
    }

    /// <summary>An object; its properties keep their order.</summary>
    public sealed record Object(IReadOnlyList<(string Name, JsonTemplate Value)> Properties) : JsonTemplate
    {
        public override JsonNode Render(Func<string, string?> value) =>
            new JsonObject(Properties.Select(property => KeyValuePair.Create(property.Name, property.Value.Render(value))));
    }

    /// <summary>An array.</summary>
    public sealed record Array(IReadOnlyList<JsonTemplate> Items) : JsonTemplate
    {
        public override JsonNode Render(Func<string, string?> value) => new JsonArray([.. Items.Select(item => item.Render(value))]);
    }
}
