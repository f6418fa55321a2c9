using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Identity;
using Integration.Core.Mapping;
using Integration.Core.Mapping.Fhir;
using Integration.Core.Parsing;

namespace Integration.Tests.FhirAdapter;

/// <summary>
/// Each <c>samples/fhir/NAME.json</c> becomes <c>Golden/fhir/NAME.expected.json</c>: resources by patient, and issues. Rewrite all of them with
/// <c>UPDATE_GOLDENS=1</c> and review the difference.
/// </summary>
public sealed class FhirGoldenTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly FeedContext Feed = new("emr", "http://emr.example/fhir", TimeZoneInfo.Utc);

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "samples", "fhir"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Sample_BecomesWhatIsExpected(string name)
    {
        var expectedPath = Path.Combine(RepositoryRoot.Path, "tests", "Integration.Tests", "Golden", "fhir", name + ".expected.json");
        var actual = Describe(name);

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(expectedPath, actual);
        }

        Assert.True(File.Exists(expectedPath), $"{expectedPath} is missing; UPDATE_GOLDENS=1 writes it.");
        Assert.Equal(File.ReadAllText(expectedPath), actual);
    }

    private static string Describe(string name)
    {
        var raw = File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "samples", "fhir", name + ".json"));
        var parsed = new FhirParser(_ => FhirValidationPolicy.Quarantine).Parse(raw, "emr");
        var mapped = parsed.Document is IFhirDocument document ? FhirMapping.Map(document, Feed, "v1") : null;
        var description = new JsonObject
        {
            ["type"] = parsed.Document?.MappingKey,
            ["issues"] = new JsonArray([.. parsed.Issues.Concat(mapped?.Issues ?? []).Select(i => (JsonNode)$"{i.Severity} {i.Code} {i.Place}: {i.Text}")]),
            ["parts"] = new JsonArray([.. mapped.WithFollowing().Select(part => (JsonNode)new JsonObject
            {
                ["patient"] = part.About?.Key,
                ["resources"] = new JsonArray([.. part.Resources.Select(Describe)]),
            })]),
        };
        return description.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonNode Describe(MappedResource resource) => new JsonObject
    {
        ["id"] = resource.ToString(),
        ["source"] = resource.Source,
        ["deleted"] = resource.IsDeletion ? true : null,
        ["resource"] = resource.IsDeletion ? null : resource.Json.DeepClone(),
    };
}
