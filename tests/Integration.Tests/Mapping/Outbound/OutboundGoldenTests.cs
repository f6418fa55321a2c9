using System.Text.Json.Nodes;

namespace Integration.Tests.Mapping.Outbound;

/// <summary>
/// Each <c>Golden/outbound/TRIGGER-NN.json</c>, a list of resources, is written as <c>TRIGGER-NN.expected.hl7</c>. <c>UPDATE_GOLDENS=1</c>
/// rewrites them; review the difference.
/// </summary>
public sealed class OutboundGoldenTests
{
    private static string Folder => Path.Combine(MappingSamples.Root, "tests", "Integration.Tests", "Golden", "outbound");

    public static TheoryData<string> Goldens =>
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Goldens))]
    public async Task Map_GoldenResources_GiveTheExpectedMessage(string name)
    {
        var expectedPath = Path.Combine(Folder, name + ".expected.hl7");
        var resources = (JsonArray)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!;

        var actual = await OutboundSamples.WriteAsync(name.Split('-')[0], [.. resources.Select(r => (JsonObject)r!)]);

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(expectedPath, actual);
        }

        Assert.Equal(File.ReadAllText(expectedPath).ReplaceLineEndings("\n"), actual);
    }

    [Fact]
    public void Map_EveryMapThereIs_HasAGolden()
    {
        var goldens = Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileName(path).Split('-')[0]);

        Assert.Empty(OutboundSamples.Mappings.Triggers.Except(goldens));
        Assert.Equal(["ADT_A08", "ADT_A31", "ORU_R01", "SIU_S12", "SIU_S13", "SIU_S14", "SIU_S15"], OutboundSamples.Mappings.Triggers);
    }
}
