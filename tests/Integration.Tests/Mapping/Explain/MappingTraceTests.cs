using Integration.Core.Mapping.Explain;

namespace Integration.Tests.Mapping.Explain;

public sealed class MappingTraceTests
{
    private const string Admission = """
        MSH|^~\&|HIS|EAST|||20260301080000||ADT^A01|1|P|2.4
        EVN|A01|20260301080000
        PID|1||8^^^MPI~9^^^HIS||张^三^^^^^L||""|M|||某路1号^^成都
        PV1|1|I|W1^2^3||||||||||||||||V1|||||||||||||||||||||||||20260301080000
        """;

    public static TheoryData<string> Messages => [.. MappingSamples.GoldenMessages.Select(path => Path.GetFileName(path)!)];

    [Theory]
    [InlineData("Patient.name[0].family", "张", "PID-5.1", "XPN-HumanName")]
    [InlineData("Patient.identifier[1].value", "9", "PID-3[2].1", "CX-Identifier")]
    [InlineData("Encounter.period.start", "2026-03-01T08:00:00+08:00", "PV1-44", "PV1-Encounter")]
    public void ValuesOf_ValueOfAMessage_NamesRuleAndPlace(string path, string value, string source, string map)
    {
        var explained = Explain(Admission).Single(v => v.Path == path);

        Assert.Equal(value, explained.Value!.GetValue<string>());
        Assert.Equal(ValueOrigin.Message, explained.Origin);
        Assert.Equal(source, Assert.Single(explained.Sources).Path);
        Assert.Equal(map, explained.Rules[0].Map);
    }

    [Fact]
    public void ValuesOf_ValueOfADatatypeMap_NamesTheRuleThatCalledItToo()
    {
        var family = Explain(Admission).Single(v => v.Path == "Patient.name[0].family");

        Assert.Equal(["XPN-HumanName", "PID-Patient"], family.Rules.Select(rule => rule.Map));
    }

    [Fact]
    public void ValuesOf_Place_CountsSegmentsOfTheWholeMessage()
    {
        var place = Assert.Single(Explain(Admission).Single(v => v.Path == "Patient.identifier[1].value").Sources);

        Assert.Equal(new SourcePlace("PID", 3, 1, 3, 2, 1, 0, "9"), place);
    }

    [Fact]
    public void ValuesOf_Code_NamesItsCodeMap()
    {
        var gender = Explain(Admission).Single(v => v.Path == "Patient.gender");

        Assert.Equal("AdministrativeSex", gender.CodeMap);
        Assert.Equal("PID-8", Assert.Single(gender.Sources).Path);
    }

    [Fact]
    public void ValuesOf_NullValue_IsCleared()
    {
        var birth = Explain(Admission).Single(v => v.Path == "Patient.birthDate");

        Assert.Null(birth.Value);
        Assert.Equal(ValueOrigin.Cleared, birth.Origin);
        Assert.Equal("PID-7", Assert.Single(birth.Sources).Path);
    }

    [Fact]
    public void ValuesOf_Reference_SaysSo()
    {
        var subject = Explain(Admission).Single(v => v.Path == "Encounter.subject.reference");

        Assert.Equal(ValueOrigin.Reference, subject.Origin);
        Assert.Equal("PV1-Encounter", Assert.Single(subject.Rules).Map);
    }

    [Fact]
    public void ValuesOf_Id_NamesTheKey()
    {
        var id = Explain(Admission).Single(v => v.Path == "Patient.id");

        Assert.Contains("PID-3.1", id.Sources.Select(place => place.Path));
        Assert.Equal("id", Assert.Single(id.Rules).Target);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Map_WithTrace_MakesTheSameAndExplainsEveryValue(string file)
    {
        var document = MappingSamples.Parse(File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, file)));
        var trace = new MappingTrace();

        var traced = MappingSamples.Mapper.Map(document, MappingSamples.Feed, trace);
        var plain = MappingSamples.Mapper.Map(document, MappingSamples.Feed);

        Assert.Equal(plain.Resources.Select(r => r.Json.ToJsonString()), traced.Resources.Select(r => r.Json.ToJsonString()));
        var known = MappingSamples.Mapper.RulesOf("his").ToHashSet();
        Assert.Subset(known, trace.Hit.ToHashSet());
        foreach (var value in traced.Resources.SelectMany(trace.ValuesOf))
        {
            Assert.True(value.Rules.Count > 0, value.Path);
            Assert.True(value.Sources.Count > 0, value.Path);
            Assert.All(value.Sources, place => Assert.Equal(place.Segment, document.Segments[place.Line - 1].Name));
        }
    }

    [Fact]
    public void RulesOf_Product_StandWhereTheySay()
    {
        var rules = MappingSamples.Mapper.RulesOf("his");

        Assert.True(rules.Count > 100);
        foreach (var rule in rules)
        {
            var lines = File.ReadAllLines(Path.Combine(MappingSamples.Root, rule.File));
            Assert.True(lines[rule.Line - 1].Length >= rule.Column, rule.Place);
        }
    }

    [Fact]
    public void Map_UnknownCode_IsListedWithItsText()
    {
        var mapped = MappingSamples.Map(Admission.Replace("|M|||", "|Q7|||", StringComparison.Ordinal));

        Assert.Equal([new UnmappedCode("AdministrativeSex", "Q7", null, null, "PID-8")], mapped.UnmappedCodes);
    }

    private static List<ExplainedValue> Explain(string message)
    {
        var trace = new MappingTrace();
        return [.. MappingSamples.Mapper.Map(MappingSamples.Parse(message), MappingSamples.Feed, trace).Resources.SelectMany(trace.ValuesOf)];
    }
}
