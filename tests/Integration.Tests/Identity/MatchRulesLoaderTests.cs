using Integration.Core.Identity;

namespace Integration.Tests.Identity;

public sealed class MatchRulesLoaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rules").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_ShippedFile_HasNoProblem()
    {
        var (rules, problems) = MatchRulesLoader.Load(Path.Combine(RepositoryRoot.Path, "mappings"));

        Assert.Empty(problems);
        Assert.True(rules!.UseResidentId);
        Assert.Contains("AN", rules.NotPersonal);
    }

    [Fact]
    public void Load_ThreeMistakes_ReportsAllWithLineAndColumn()
    {
        Write("notPersonal: AN\nuseResidentId: perhaps\nplaceholder: []\n");

        var (rules, problems) = MatchRulesLoader.Load(_folder);

        Assert.Null(rules);
        Assert.Equal(
            ["mappings/identity/match-rules.yaml:1:14", "mappings/identity/match-rules.yaml:2:16", "mappings/identity/match-rules.yaml:3:1"],
            problems.Select(p => p.Place));
    }

    [Fact]
    public void Load_NotYaml_NamesThePlace()
    {
        Write("notPersonal: [AN\nuseResidentId: true\n");

        Assert.StartsWith("mappings/identity/match-rules.yaml:", Assert.Single(MatchRulesLoader.Load(_folder).Problems).Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFile_SaysSo() => Assert.Equal("The file is missing.", Assert.Single(MatchRulesLoader.Load(_folder).Problems).Text);

    private void Write(string yaml)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "identity"));
        File.WriteAllText(Path.Combine(_folder, MatchRulesLoader.FileName), yaml);
    }
}
