using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Mapping;
using Integration.Core.Records;
using Integration.Core.Storage;
using Integration.Fhir;

namespace Integration.Tests.Fhir;

/// <summary>
/// A resource goes the way of the engine — parsed, taken into the record, written to the store, read again — and every token of it is as it
/// was: extensions, <c>_name</c> siblings, contained resources, all digits of a decimal, unknown members.
/// </summary>
public sealed class LosslessJsonTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"resourceType":"Observation","id":"a","valueQuantity":{"value":1.10}}""")]
    [InlineData("""{"resourceType":"Observation","id":"a","valueQuantity":{"value":1e3}}""")]
    [InlineData("""{"resourceType":"Observation","id":"a","valueQuantity":{"value":1.5E-7}}""")]
    [InlineData("""{"resourceType":"Observation","id":"a","valueQuantity":{"value":-0.0}}""")]
    [InlineData("""{"resourceType":"Observation","id":"a","valueQuantity":{"value":123456789012345678901234567890.123456789012345678901234567890}}""")]
    [InlineData("""{"resourceType":"Patient","id":"a","birthDate":"1984","_birthDate":{"id":"b","extension":[{"url":"urn:e","valueDateTime":"1984-02-29T06:30:00+08:00"}]}}""")]
    [InlineData("""{"resourceType":"Patient","id":"a","name":[{"given":["a",null],"_given":[null,{"extension":[{"url":"urn:e","valueCode":"masked"}]}]}]}""")]
    [InlineData("""{"resourceType":"Patient","id":"a","contained":[{"resourceType":"Organization","id":"o","name":"𠮷"}],"managingOrganization":{"reference":"#o"}}""")]
    [InlineData("""{"resourceType":"Patient","id":"a","extension":[{"url":"urn:e","extension":[{"url":"f","valueDecimal":0.10}]}],"modifierExtension":[{"url":"urn:m","valueBoolean":true}]}""")]
    [InlineData("""{"resourceType":"Patient","id":"a","name":[{"text":"a\u0000\ud83d\ude00\"\\\/ 李"}]}""")]
    public void StoredResource_OddButLegal_ReadsBackTokenByToken(string json)
    {
        Assert.Equal(Tokens(json), Tokens(ThroughTheStore(json)));
    }

    /// <summary>Seeded: made-up resources of every type, with decimals of any length put in.</summary>
    [Fact]
    public void StoredResource_MadeUp_ReadsBackTokenByToken()
    {
        const int Each = 4;
        var random = new Random(20260503);
        var made = new RandomResource(random);
        var decimals = 0;
        foreach (var type in FhirSchema.TypeNames.Where(n => FhirSchema.Find(n) is { Kind: FhirTypeKind.Resource, IsAbstract: false }))
        {
            for (var i = 0; i < Each; i++)
            {
                var resource = made.Make(type);
                var digits = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)('0' + random.Next(10))));
                resource["extension"] = new JsonArray(new JsonObject { ["url"] = "urn:d", ["valueDecimal"] = JsonNode.Parse($"-1.{digits}") });
                var json = resource.ToJsonString();

                Assert.Equal(Tokens(json), Tokens(ThroughTheStore(json)));
                Assert.Contains($"-1.{digits}", ThroughTheStore(json), StringComparison.Ordinal);
                decimals++;
            }
        }

        Assert.Equal(146 * Each, decimals);
    }

    [Fact]
    public void Validator_LeavesTheDocumentAlone()
    {
        const string Json = """{"resourceType":"Patient","name":[{"given":["a",null]}],"x":1.10}""";
        using var document = JsonDocument.Parse(Json);

        FhirValidator.Validate(document.RootElement);

        Assert.Equal(Json, document.RootElement.GetRawText());
    }

    private static string ThroughTheStore(string json)
    {
        var taken = ResourceMerge.First(DraftNode.From(JsonNode.Parse(json)), Now, []);
        var document = new ResourceDocument
        {
            Id = "a/a",
            Type = "a",
            PatientId = "p",
            SourceIdentity = "s",
            Effective = Now,
            Version = 1,
            LastUpdated = Now,
            Provenance = new Provenance("f", "m", "v", "r", "s", Now),
            Resource = taken.Resource,
        };
        var stored = StorageJson.Write(document, StorageJson.Default.ResourceDocument);
        return JsonSerializer.Deserialize(stored.Span, StorageJson.Default.ResourceDocument)!.Resource.ToJsonString();
    }

    /// <summary>Every token in order, strings unescaped, numbers as written.</summary>
    private static List<string> Tokens(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        var tokens = new List<string>();
        while (reader.Read())
        {
            tokens.Add(reader.TokenType switch
            {
                JsonTokenType.PropertyName or JsonTokenType.String => $"{reader.TokenType} {reader.GetString()}",
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                var type => type.ToString(),
            });
        }

        return tokens;
    }
}
