using Integration.Core.Mapping.Versions;
using Integration.Core.Vitals.Limits;

namespace Integration.Tests.Vitals;

public sealed class VitalLimitLoaderTests
{
    [Fact]
    public void ShippedLimits_FitTheAge()
    {
        var (rules, problems) = VitalLimitLoader.Load(MappingFiles.Read(Path.Combine(RepositoryRoot.Path, "mappings")));

        Assert.Empty(problems);
        Assert.Equal((180m, 150m, 130m, 130m), (rules!.Find("8867-4", 0)!.High, rules.Find("8867-4", 5)!.High, rules.Find("8867-4", 6)!.High, rules.Find("8867-4", null)!.High));
        Assert.Null(rules.Find("29463-7", 40));
    }

    [Theory]
    [InlineData("- { code: heart-rat, high: 1 }", "mappings/vitals/limits.yaml:2:11")]
    [InlineData("- { code: heart-rate }", "mappings/vitals/limits.yaml:2:3")]
    [InlineData("- { code: heart-rate, high: much }", "mappings/vitals/limits.yaml:2:29")]
    [InlineData("- { code: heart-rate, low: 9, high: 8 }", "mappings/vitals/limits.yaml:2:3")]
    [InlineData("- { code: heart-rate, low: 8, high: 9, margin: 5 }", "mappings/vitals/limits.yaml:2:3")]
    [InlineData("- { code: heart-rate, high: 9, from: 9, below: 8 }", "mappings/vitals/limits.yaml:2:3")]
    [InlineData("- { code: heart-rate, high: 9, breach: { readings: 0 } }", "mappings/vitals/limits.yaml:2:52")]
    [InlineData("- { code: heart-rate, high: 9, hight: 8 }", "mappings/vitals/limits.yaml:2:32")]
    public void WrongLimit_IsNamedWithItsPlace(string limit, string place)
    {
        var folder = Directory.CreateTempSubdirectory("limits-");
        try
        {
            var vitals = Directory.CreateDirectory(Path.Combine(folder.FullName, "mappings", "vitals"));
            File.WriteAllText(Path.Combine(vitals.FullName, "limits.yaml"), $"limits:\n{limit}\n");

            var (rules, problems) = VitalLimitLoader.Load(MappingFiles.Read(Path.Combine(folder.FullName, "mappings")));

            Assert.Null(rules);
            Assert.StartsWith(place, Assert.Single(problems).ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
