using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Integration.Fhir;

namespace Integration.Tests.Mapping;

/// <summary>
/// Each <c>Golden/hl7v2/NAME.hl7</c> maps to <c>NAME.expected.json</c>: resources, issues and unread places. Rewrite all of them with
/// <c>UPDATE_GOLDENS=1</c> and review the difference.
/// </summary>
public sealed partial class MappingGoldenTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Goldens => [.. MappingSamples.GoldenMessages.Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Map_GoldenMessage_GivesExpectedResources(string name)
    {
        var expectedPath = Path.Combine(MappingSamples.GoldenFolder, name + ".expected.json");
        var actual = Describe(Map(name));

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(expectedPath, actual);
        }

        Assert.True(File.Exists(expectedPath), $"{expectedPath} is missing; UPDATE_GOLDENS=1 writes it.");
        Assert.Equal(File.ReadAllText(expectedPath), actual);
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Map_GoldenMessage_GivesValidLinkedResources(string name) => MappingRules.Check(Map(name));

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Map_SameMessageTwice_GivesSameResult(string name) => Assert.Equal(Describe(Map(name)), Describe(Map(name)));

    [Fact]
    public void Map_FullAndEmptyMessagesInTurn_NothingPassesFromOneToTheNext()
    {
        const string Bare = "MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|1|P|2.4\nEVN|A01|20260301\nPID|1||9^^^HIS||李四\nPV1|1|I";
        var alone = Describe(MappingSamples.Map(Bare));

        foreach (var name in Goldens)
        {
            Map(name);
            Assert.Equal(alone, Describe(MappingSamples.Map(Bare)));
        }
    }

    [Fact]
    public void Map_EveryMessageServed_HasAGolden()
    {
        var keys = MappingSamples.GoldenMessages.Select(path => MappingSamples.Parse(File.ReadAllBytes(path)).MappingKey).ToHashSet();
        var served = Directory.EnumerateFiles(Path.Combine(MappingSamples.MappingsFolder, "hl7v2", "messages"))
            .SelectMany(path => MessageName().Matches(File.ReadAllText(path).Split("steps:")[0])).Select(match => match.Value).ToList();

        Assert.NotEmpty(served);
        Assert.Equal([], served.Except(keys));
    }

    [GeneratedRegex("[A-Z]{3}_[A-Z][A-Z0-9][0-9]")]
    private static partial Regex MessageName();

    private static MappingResult Map(string name) =>
        MappingSamples.Mapper.Map(MappingSamples.Parse(File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, name + ".hl7"))), MappingSamples.Feed);

    private static string Describe(MappingResult result)
    {
        var description = new JsonObject
        {
            ["resources"] = new JsonArray([.. result.Resources.Select(Describe)]),
            ["issues"] = new JsonArray([.. result.Issues.Select(i => (JsonNode)$"{i.Severity} {i.Code} {i.Place}: {i.Text}")]),
            ["unread"] = new JsonArray([.. result.Unread.Select(place => (JsonNode)place)]),
        };
        if (result.SecondPatient is { } second)
        {
            description["relation"] = second.Relation.ToString();
            description["secondPatient"] = new JsonArray([.. second.Resources.Select(Describe)]);
        }

        return description.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonNode Describe(MappedResource resource)
    {
        var description = new JsonObject { ["source"] = resource.Source, ["rule"] = resource.Rule };
        if (resource.Assumed.Count > 0)
        {
            description["assumed"] = new JsonArray([.. resource.Assumed.Select(property => (JsonNode)property)]);
        }

        description["json"] = resource.Json.DeepClone();
        return description;
    }
}

/// <summary>What holds for whatever a mapping makes.</summary>
internal static class MappingRules
{
    public static void Check(MappingResult result)
    {
        if (result.SecondPatient is { } second)
        {
            Check(second);
        }

        var references = result.Resources.Select(r => $"{r.Type}/{r.Id}").ToList();
        Assert.Equal(references.Count, references.Distinct().Count());
        foreach (var resource in result.Resources)
        {
            Assert.Equal(resource.Type, (string?)resource.Json["resourceType"]);
            Assert.Equal(resource.Id, (string?)resource.Json["id"]);
            Assert.Equal(resource.Assumed.Distinct(), resource.Assumed);
            Assert.All(resource.Assumed, property => Assert.True(resource.Json.ContainsKey(property)));
            Assert.All(ReferencesIn(resource.Json), reference => Assert.Contains(reference, references));
            Assert.Empty(ErrorsIn(resource));
        }

        if (result.IsReferenceData)
        {
            Assert.DoesNotContain(result.Resources, r => r.Type == "Patient");
        }
        else if (result.Issues.All(issue => issue.Severity != IssueSeverity.Error))
        {
            Assert.Single(result.Resources, r => r.Type == "Patient" && r.Json["link"] is null);
        }
    }

    /// <summary>Validator errors; a null says that the source deleted a value and is no part of a resource.</summary>
    private static List<string> ErrorsIn(MappedResource resource)
    {
        var stored = (JsonObject)resource.Json.DeepClone();
        RemoveNulls(stored);
        using var document = JsonDocument.Parse(stored.ToJsonString());
        return
        [
            .. FhirValidator.Validate(document.RootElement).Where(i => i.Severity == FhirIssueSeverity.Error)
                .Select(i => $"{resource.Source} {i.Expression}: {i.Code} {i.Text}"),
        ];
    }

    private static void RemoveNulls(JsonObject json)
    {
        foreach (var (name, value) in json.ToList())
        {
            if (value is JsonObject inner)
            {
                RemoveNulls(inner);
            }

            if (value is null or JsonObject { Count: 0 })
            {
                json.Remove(name);
            }
        }
    }

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(p => p.Key == "reference" && p.Value is JsonValue value ? [value.GetValue<string>()] : ReferencesIn(p.Value)),
        JsonArray array => array.SelectMany(ReferencesIn),
        _ => [],
    };
}
