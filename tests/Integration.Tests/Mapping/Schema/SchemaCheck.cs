using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Integration.Tests.Mapping.Schema;

/// <summary>Checks YAML against the JSON schemas of mappings/schema, as far as these use JSON Schema draft 7.</summary>
internal static class SchemaCheck
{
    private static readonly Dictionary<string, JsonObject> Loaded = [];

    private static string Folder => Path.Combine(RepositoryRoot.Path, "mappings", "schema");

    /// <summary>Places that do not fit; empty when all does.</summary>
    public static IReadOnlyList<string> Errors(string schema, string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var errors = new List<string>();
        Check(Load(schema + ".json"), ToJson(stream.Documents[0].RootNode), "", errors);
        return errors;
    }

    private static JsonObject Load(string file)
    {
        lock (Loaded)
        {
            return Loaded.TryGetValue(file, out var schema) ? schema : Loaded[file] = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file)))!.AsObject();
        }
    }

    // The types of the YAML 1.2 core schema, by which editors read.
    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, ToJson(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => scalar.Value switch
        {
            "" or "~" or "null" or null => null,
            "true" => true,
            "false" => false,
            var text when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            var text => text,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => throw new InvalidOperationException("Aliases are not read."),
    };

    private static bool Fits(JsonObject schema, JsonNode? value)
    {
        var errors = new List<string>();
        Check(schema, value, "", errors);
        return errors.Count == 0;
    }

    private static void Check(JsonObject schema, JsonNode? value, string path, List<string> errors)
    {
        foreach (var (keyword, rule) in schema)
        {
            var fits = keyword switch
            {
                "$ref" => Refer(rule!.GetValue<string>(), value, path, errors),
                "type" => (rule is JsonArray types ? types.Select(t => t!.GetValue<string>()) : [rule!.GetValue<string>()]).Contains(TypeOf(value)),
                "enum" => rule!.AsArray().Any(entry => JsonNode.DeepEquals(entry, value)),
                "required" => value is not JsonObject owner || rule!.AsArray().All(name => owner.ContainsKey(name!.GetValue<string>())),
                "not" => !Fits(rule!.AsObject(), value),
                "anyOf" => rule!.AsArray().Any(option => Fits(option!.AsObject(), value)),
                "oneOf" => rule!.AsArray().Count(option => Fits(option!.AsObject(), value)) == 1,
                "allOf" => All(rule!.AsArray(), value, path, errors),
                "minItems" => value is not JsonArray list || list.Count >= rule!.GetValue<int>(),
                "items" => Items(rule!.AsObject(), value, path, errors),
                "properties" or "additionalProperties" => Properties(schema, keyword, value, path, errors),
                "$schema" or "$id" or "title" or "description" or "definitions" => true,
                _ => throw new NotSupportedException($"The check knows no '{keyword}'."),
            };
            if (!fits)
            {
                errors.Add($"{path}: {keyword}");
            }
        }
    }

    private static bool Refer(string reference, JsonNode? value, string path, List<string> errors)
    {
        var parts = reference.Split('#');
        JsonNode schema = Load(parts[0]);
        foreach (var name in parts[1].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            schema = schema[name]!;
        }

        Check(schema.AsObject(), value, path, errors);
        return true;
    }

    private static bool All(JsonArray schemas, JsonNode? value, string path, List<string> errors)
    {
        foreach (var schema in schemas)
        {
            Check(schema!.AsObject(), value, path, errors);
        }

        return true;
    }

    private static bool Items(JsonObject schema, JsonNode? value, string path, List<string> errors)
    {
        foreach (var (index, item) in (value as JsonArray ?? []).Index())
        {
            Check(schema, item, $"{path}[{index}]", errors);
        }

        return true;
    }

    private static bool Properties(JsonObject schema, string keyword, JsonNode? value, string path, List<string> errors)
    {
        foreach (var (name, item) in value as JsonObject ?? [])
        {
            var known = schema["properties"]?[name];
            if (keyword == "properties" ? known is not null : known is null && schema["additionalProperties"] is JsonObject)
            {
                Check((known ?? schema["additionalProperties"])!.AsObject(), item, $"{path}.{name}", errors);
            }
            else if (keyword == "additionalProperties" && known is null)
            {
                errors.Add($"{path}.{name}: there is no such key");
            }
        }

        return true;
    }

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
            System.Text.Json.JsonValueKind.Number => "number",
            _ => "string",
        },
    };
}
