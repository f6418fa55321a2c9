using System.Text;
using System.Text.RegularExpressions;
using Integration.Core.Intake;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Settings;

/// <summary>The feeds of <c>docs/wiring-a-feed.md</c> are ones that the engine takes as they stand.</summary>
public sealed partial class WiringDocumentTests
{
    [Fact]
    public async Task EveryFeedOfThePage_HasSettingsWithoutAProblem()
    {
        await using var engine = await TestEngine.StartAsync();
        var factories = engine.Services.GetServices<IInboundAdapterFactory>().ToDictionary(factory => factory.Name, StringComparer.OrdinalIgnoreCase);
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "wiring-a-feed.md"));
        var checkedFeeds = new List<string>();
        foreach (Match block in JsonBlock().Matches(page))
        {
            var json = $"{{ \"Feeds\": {{ {block.Groups[1].Value} }} }}";
            var feeds = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().GetSection("Feeds");
            foreach (var feed in feeds.GetChildren())
            {
                Assert.Empty(factories[feed["Adapter"]!].Validate(feed.Key, feed).Select(problem => problem.ToString()));
                checkedFeeds.Add(feed.Key);
            }
        }

        Assert.Equal(["archive", "ct", "visits", "ward"], checkedFeeds.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
