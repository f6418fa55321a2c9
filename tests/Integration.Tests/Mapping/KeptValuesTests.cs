using System.Text;
using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Mapping;

/// <summary>Nothing that a message says of identifiers, names, dates and results is lost on the way to its resources.</summary>
public sealed class KeptValuesTests
{
    /// <summary>What the samples hold that no map can serve: there is no patient in it.</summary>
    private static readonly string[] WithoutPatient =
        ["oie/test-hl7-repetitions-input.txt", "oie/test-hl7-subcomponents-input.txt"];

    public static TheoryData<string> Messages =>
        Directory.Exists(MappingSamples.ThirdPartyFolder)
            ? [.. Directory.EnumerateFiles(MappingSamples.ThirdPartyFolder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(MappingSamples.ThirdPartyFolder, path).Replace('\\', '/'))
                .Where(path => !path.StartsWith("bad/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [""];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Map_ThirdPartyMessage_KeepsEveryValue(string path)
    {
        Assert.SkipWhen(path.Length == 0, $"No third-party messages in {MappingSamples.ThirdPartyFolder}.");
        var messages = PlainMessage.ReadAll(File.ReadAllBytes(Path.Combine(MappingSamples.ThirdPartyFolder, path)));

        Assert.NotEmpty(messages);
        foreach (var (text, message) in messages)
        {
            var parsed = new Hl7Parser().Parse(Encoding.UTF8.GetBytes(text), "his");
            Assert.True(parsed.Document is not null, string.Join('\n', parsed.Issues.Select(i => i.Text)));
            var result = MappingSamples.Mapper.Map(parsed.Document, MappingSamples.Feed);
            if (WithoutPatient.Contains(path))
            {
                Assert.Contains(result.Issues, i => i.Code == IntegrationErrorCode.RequiredSegmentMissing && i.Place == "PID");
                continue;
            }

            Assert.DoesNotContain(result.Issues, i => i.Severity == IssueSeverity.Error);
            MappingRules.Check(result);
            Assert.Equal([], KeptValues.Missing(message, result));
            var again = MappingSamples.Mapper.Map(parsed.Document, MappingSamples.Feed);
            Assert.Equal(result.Resources.Select(r => r.Json.ToJsonString()), again.Resources.Select(r => r.Json.ToJsonString()));
        }
    }

    [Theory]
    [MemberData(nameof(MappingGoldenTests.Goldens), MemberType = typeof(MappingGoldenTests))]
    public void Map_GoldenMessage_KeepsEveryValue(string name)
    {
        var raw = File.ReadAllBytes(Path.Combine(MappingSamples.GoldenFolder, name + ".hl7"));
        var (text, message) = Assert.Single(PlainMessage.ReadAll(raw));
        var mapped = MappingSamples.Mapper.Map(MappingSamples.Parse(Encoding.UTF8.GetBytes(text)), MappingSamples.Feed);
        var result = mapped with { Resources = [.. mapped.Resources, .. mapped.SecondPatient?.Resources ?? []] };

        Assert.True(result.Issues.Any(i => i.Severity == IssueSeverity.Error) || KeptValues.Missing(message, result) is [], string.Join('\n', KeptValues.Missing(message, result)));
    }

    /// <summary>The check itself finds what is gone.</summary>
    [Fact]
    public void Missing_ResourceWithoutItsValues_NamesThem()
    {
        const string Text = "MSH|^~\\&|LIS|EAST|||20260301||ORU^R01|1|P|2.4\rPID|1||9^^^HIS||李四||19800102\rOBR|1|P1|L1|GLU^葡萄糖|||202603010830\r"
            + "OBX|1|NM|GLU^葡萄糖||5.6|mmol/L|3.9-6.1|H|||F|||202603010900\r";
        var (_, message) = Assert.Single(PlainMessage.ReadAll(Encoding.UTF8.GetBytes(Text)));
        var whole = MappingSamples.Map(Text);
        Assert.Equal([], KeptValues.Missing(message, whole));

        foreach (var resource in whole.Resources)
        {
            foreach (var element in new[] { "birthDate", "valueQuantity", "interpretation", "referenceRange", "effectiveDateTime" })
            {
                resource.Json.Remove(element);
            }
        }

        Assert.Equal(
            ["PID-7 19800102", "OBR-7 202603010830", "OBX[1]-5 5.6", "OBX[1]-6 mmol/L", "OBX[1]-7 3.9-6.1", "OBX[1]-8 H", "OBX[1]-14 202603010900"],
            KeptValues.Missing(message, whole));
    }
}
