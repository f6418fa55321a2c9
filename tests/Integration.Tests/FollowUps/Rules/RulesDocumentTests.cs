using System.Text.RegularExpressions;
using Integration.Core.Events;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;

namespace Integration.Tests.FollowUps.Rules;

/// <summary>What docs/follow-up-rules.md shows is valid, and it names every key.</summary>
public sealed partial class RulesDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "follow-up-rules.md"));

    public static TheoryData<string> Rules => [.. Examples("yaml")];

    public static TheoryData<string> Tables => [.. Examples("csv")];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Example_OfARule_IsValid(string yaml)
    {
        var problems = new ProblemList();

        Assert.NotNull(new FollowUpRuleReader("example.yaml", EventCatalog.Names, problems).Read(yaml));
        Assert.Empty(problems.InOrder());
        Assert.Empty(Mapping.Schema.SchemaCheck.Errors("follow-up-rule", yaml));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Example_OfATable_IsValid(string csv)
    {
        var problems = new ProblemList();

        Assert.Equal(2, StatutoryDayFile.Read("days.csv", csv, problems).Count);
        Assert.Empty(problems.InOrder());
    }

    [Fact]
    public void Keys_OfTheReader_AreAllDescribed() => Assert.All(FollowUpRuleReader.Keys, key => Assert.Contains($"`{key}`", Document, StringComparison.Ordinal));

    private static IEnumerable<string> Examples(string language) => Fence().Matches(Document).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    [GeneratedRegex("```([a-z]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
