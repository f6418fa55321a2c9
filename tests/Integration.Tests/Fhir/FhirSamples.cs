using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Fhir;

namespace Integration.Tests.Fhir;

/// <summary>Where the FHIR test files lie: own samples in this folder, third-party ones beside the repository.</summary>
internal static class FhirSamples
{
    public static string Own => Path.Combine(Root, "tests", "Integration.Tests", "Fhir", "Samples");

    /// <summary>May be missing: tests skip then.</summary>
    public static string ThirdParty => Path.Combine(Root, "..", "shared", "data", "fhir");

    private static readonly Lazy<IReadOnlyList<string>> LazyAllValid =
        new(() => [.. Directory.GetFiles(Path.Combine(Own, "valid"), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllText)]);

    private static string Root { get; } = RepositoryRoot.Path;

    /// <summary>All findings but dom-6: that a resource has no narrative is a warning of its own test, and most samples have none.</summary>
    public static IReadOnlyList<FhirIssue> Findings(JsonElement resource) => [.. FhirValidator.Validate(resource).Where(i => i.Key != "dom-6")];

    /// <summary>The own valid samples as text.</summary>
    public static IReadOnlyList<string> AllValid() => LazyAllValid.Value;

    /// <summary>The third-party samples whose name does not say that they are wrong; none on a plain clone.</summary>
    public static IReadOnlyList<string> ThirdPartyValid()
    {
        string[] invalidMarks = ["Invalid", "Unknown", "Wrong", "NoCode"];
        return !Directory.Exists(ThirdParty)
            ? []
            : [.. Directory.GetFiles(ThirdParty, "*.json").Order(StringComparer.Ordinal).Where(f => !invalidMarks.Any(Path.GetFileName(f).Contains)).Select(File.ReadAllText)];
    }

    /// <summary>A valid sample with some of its members taken out.</summary>
    public static string Changed(Random random)
    {
        var samples = AllValid();
        var root = JsonNode.Parse(samples[random.Next(samples.Count)])!.AsObject();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var objects = ObjectsIn(root).Where(o => o.Count > 0).ToList();
            var chosen = objects[random.Next(objects.Count)];
            var name = chosen.ElementAt(random.Next(chosen.Count)).Key;
            if (name != "resourceType")
            {
                chosen.Remove(name);
            }
        }

        return root.ToJsonString();
    }

    public static IEnumerable<JsonObject> ObjectsIn(JsonNode? node) => node switch
    {
        JsonObject obj => obj.SelectMany(p => ObjectsIn(p.Value)).Prepend(obj),
        JsonArray array => array.SelectMany(ObjectsIn),
        _ => [],
    };
}
