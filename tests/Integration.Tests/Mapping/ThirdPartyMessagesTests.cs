using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Mapping;

/// <summary>Messages that others wrote: each maps to valid resources or is refused with a reason.</summary>
public sealed class ThirdPartyMessagesTests
{
    /// <summary>Relative paths; a single empty one when the samples are not at hand, which the test then skips.</summary>
    public static TheoryData<string> Messages =>
        Directory.Exists(MappingSamples.ThirdPartyFolder)
            ? [.. Directory.EnumerateFiles(MappingSamples.ThirdPartyFolder, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(MappingSamples.ThirdPartyFolder, path)).Order(StringComparer.Ordinal)]
            : [""];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Map_ThirdPartyMessage_GivesValidResourcesOrAReason(string path)
    {
        Assert.SkipWhen(path.Length == 0, $"No third-party messages in {MappingSamples.ThirdPartyFolder}.");
        var parsed = new Hl7Parser().Parse(File.ReadAllBytes(Path.Combine(MappingSamples.ThirdPartyFolder, path)), "his");
        if (parsed.Document is null)
        {
            Assert.Contains(parsed.Issues, issue => issue.Severity == IssueSeverity.Error);
            return;
        }

        var result = MappingSamples.Mapper.Map(parsed.Document, MappingSamples.Feed);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{parsed.Document.MappingKey}: {string.Join(' ', result.Resources.GroupBy(r => r.Type).Select(g => $"{g.Key}*{g.Count()}"))}");
        foreach (var issue in result.Issues)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"  {issue.Severity} {issue.Code} {issue.Place}: {issue.Text}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"  unread {string.Join(' ', result.Unread)}");
        MappingRules.Check(result);
        Assert.True(result.Resources.Count > 0 || result.Issues.Any(i => i.Severity == IssueSeverity.Error));
    }
}
