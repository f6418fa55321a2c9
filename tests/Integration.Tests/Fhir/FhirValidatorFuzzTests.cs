using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Fhir;

namespace Integration.Tests.Fhir;

/// <summary>Seeded damage to the valid samples: Validate never throws, and damage that breaks a rule is found.</summary>
public sealed class FhirValidatorFuzzTests
{
    private const int Seed = 20260301;

    private static string[] Samples =>
        [.. Directory.GetFiles(Path.Combine(FhirSamples.Own, "valid"), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    [Fact]
    public void Validate_BytesChanged_NeverThrows()
    {
        const int Rounds = 5_000;
        var random = new Random(Seed);
        var samples = Samples.Select(Encoding.UTF8.GetBytes).ToArray();
        var validated = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = samples[random.Next(samples.Length)].ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (TryParse(bytes) is { } document)
            {
                using (document)
                {
                    Assert.NotNull(FhirValidator.Validate(document.RootElement));
                }

                validated++;
            }
        }

        Assert.True(validated > Rounds / 20, $"Only {validated} damaged documents were still JSON.");
    }

    [Fact]
    public void Validate_NodesReplaced_NeverThrows()
    {
        const int Rounds = 5_000;
        var random = new Random(Seed);
        var samples = Samples;
        var withIssues = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var root = JsonNode.Parse(samples[random.Next(samples.Length)])!;
            var nodes = NodesBelow(root).ToList();
            if (nodes.Count > 0)
            {
                Replace(nodes[random.Next(nodes.Count)], OddNode(random));
            }

            using var document = JsonDocument.Parse(root.ToJsonString());
            withIssues += FhirValidator.Validate(document.RootElement).Count > 0 ? 1 : 0;
        }

        Assert.True(withIssues > Rounds / 2, $"Only {withIssues} of {Rounds} replaced values were found.");
    }

    private static JsonDocument? TryParse(byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonNode> NodesBelow(JsonNode node)
    {
        var children = node switch
        {
            JsonObject obj => obj.Select(p => p.Value),
            JsonArray array => array,
            _ => [],
        };
        return children.OfType<JsonNode>().SelectMany(child => NodesBelow(child).Prepend(child));
    }

    private static void Replace(JsonNode node, JsonNode? replacement)
    {
        if (node.Parent is JsonArray array)
        {
            array[node.GetElementIndex()] = replacement;
        }
        else
        {
            node.Parent!.AsObject()[node.GetPropertyName()] = replacement;
        }
    }

    private static JsonNode? OddNode(Random random) => random.Next(10) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(-5, 5)),
        2 => JsonValue.Create(true),
        3 => JsonValue.Create(""),
        4 => JsonValue.Create("#" + random.Next()),
        5 => new JsonArray(),
        6 => new JsonObject(),
        7 => new JsonArray(null, new JsonObject { ["extension"] = new JsonArray(new JsonArray()) }),
        8 => new JsonObject { ["resourceType"] = "Bundle", ["entry"] = new JsonArray(new JsonObject { ["resource"] = null }) },
        _ => new JsonObject { ["coding"] = new JsonArray(1, null), ["start"] = 1, ["end"] = "x", ["value"] = 1, ["code"] = "a" },
    };
}
