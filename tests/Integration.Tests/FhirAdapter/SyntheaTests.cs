using Integration.Core.Intake;

namespace Integration.Tests.FhirAdapter;

/// <summary>Bundles of Synthea: all resources in, all readable, all references resolve.</summary>
public sealed class SyntheaTests
{
    [Fact]
    public async Task Bundles_AllResourcesIn_AllReferencesResolve()
    {
        var folder = Path.Combine(RepositoryRoot.Path, "../shared/data/fhir/synthea");
        Assert.SkipUnless(Directory.Exists(folder), "The Synthea Bundles are not on this machine (../shared/data/fhir/synthea).");
        await using var engine = await FhirEngine.StartAsync(("Feeds:emr:Validation", "Warn"));
        var expected = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var json = await File.ReadAllTextAsync(file);
            expected += System.Text.Json.Nodes.JsonNode.Parse(json)!["entry"]!.AsArray().Count;

            Assert.Equal(MessageState.Done, (await engine.SendFhirAsync(json)).State);
        }

        var all = await engine.AllAsync();
        var ids = all.Select(r => r.Id).ToHashSet();
        Assert.Equal(expected, all.Count);
        Assert.All(all.SelectMany(r => FhirEngine.References(r.Resource)), reference => Assert.True(reference.StartsWith('#') || ids.Contains(reference), reference));
        Assert.All(all.Where(r => r.Type is not ("Organization" or "Practitioner")), r => Assert.NotEqual("", r.PatientId));
        Assert.Equal(3, all.Where(r => r.PatientId.Length > 0).Select(r => r.PatientId).Distinct().Count());
    }
}
