using Integration.Core.Mapping;

namespace Integration.Tests.Mapping;

/// <summary>What a site maps beside or instead of the product's mappings, by adding files below <c>mappings/sites/FEED</c> and nothing else.</summary>
public sealed class SiteMappingTests : IDisposable
{
    private const string Visit =
        "MSH|^~\\&|HIS|EAST|||20260301||ADT^A01|1|P|2.4\nEVN|A01|20260301\nPID|1||9^^^HIS||李四||19800101|1\nPV1|1|I|||||||||||||||||V1\nZFY|1|2026|职工医保^城镇职工|88.50";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("site-mappings-");

    public SiteMappingTests()
    {
        foreach (var path in Directory.EnumerateFiles(MappingSamples.MappingsFolder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_root.FullName, Path.GetRelativePath(MappingSamples.MappingsFolder, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }

    [Fact]
    public void Map_FieldOfAZSegment_ByOneAddedFile()
    {
        Add("sites/his/segments/PV1-Encounter.yaml", "rules:\n  - { to: hospitalization.admitSource.text, from: 'ZFY-3[1].2' }\n");

        var mapped = Map("his");

        Assert.Equal("城镇职工", (string)mapped.Resources.Single(r => r.Type == "Encounter").Json["hospitalization"]!["admitSource"]!["text"]!);
        Assert.Equal(["ZFY-1", "ZFY-2", "ZFY-4"], mapped.Unread.Where(place => place.StartsWith('Z')));
        MappingRules.Check(mapped);
    }

    [Fact]
    public void Map_OtherFeed_KnowsNothingOfASite()
    {
        Add("sites/his/segments/PV1-Encounter.yaml", "rules:\n  - { to: hospitalization.admitSource.text, from: 'ZFY-3[1].2' }\n");

        var mapped = Map("lis");

        Assert.Null(mapped.Resources.Single(r => r.Type == "Encounter").Json["hospitalization"]);
        Assert.Contains("ZFY", mapped.Unread);
        Assert.NotEqual(Map("his").MappingVersion, mapped.MappingVersion);
    }

    [Fact]
    public void Map_ZSegmentAsAResourceOfItsOwn()
    {
        Add("sites/his/messages/ADT_A01.yaml", "steps:\n  - { segment: ZFY, map: ZFY-Basic }\n");
        Add("sites/his/segments/ZFY-Basic.yaml",
            "segment: ZFY\nresource: Basic\nid:\n  - key: [{ ref: patient }, 'ZFY-2[1]']\nrules:\n  - { to: code.text, value: 费用类别 }\n  - { to: subject, ref: patient }\n"
            + "  - to: extension[]\n    rules:\n      - { to: url, value: 'urn:site:ZFY-4' }\n      - { to: valueDecimal, from: 'ZFY-4[1]', required: true }\n");

        var basic = Map("his").Resources.Single(r => r.Type == "Basic").Json;

        Assert.Equal(88.50m, (decimal)basic["extension"]![0]!["valueDecimal"]!);
    }

    [Fact]
    public void Map_SiteRuleAndCodeWin_AndRemovedRuleIsGone()
    {
        Add("sites/his/segments/PID-Patient.yaml", "remove: [birthDate]\nrules:\n  - { to: gender, value: other }\n");
        Add("sites/his/codesystems/PatientClass.yaml", "codes:\n  I: { code: SS, display: short stay }\n");

        var mapped = Map("his");

        var patient = mapped.Resources.Single(r => r.Type == "Patient").Json;
        Assert.Equal("other", (string)patient["gender"]!);
        Assert.Null(patient["birthDate"]);
        Assert.NotNull(patient["name"]);
        Assert.Equal("SS", (string)mapped.Resources.Single(r => r.Type == "Encounter").Json["class"]!["code"]!);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private void Add(string name, string text)
    {
        var path = Path.Combine(_root.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private MappingResult Map(string feed)
    {
        var loaded = MappingLoader.Load(_root.FullName);
        Assert.Empty(loaded.Problems);
        return loaded.Mapper!.Map(MappingSamples.Parse(Visit), MappingSamples.Feed with { Name = feed });
    }
}
