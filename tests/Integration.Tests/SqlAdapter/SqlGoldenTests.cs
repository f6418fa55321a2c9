using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Sql.Polling;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source;
using Integration.Core.Mapping;
using Integration.Core.Settings;
using Integration.Tests.Mapping;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.SqlAdapter;

/// <summary>
/// The sample feeds of <c>appsettings.json</c> read the tables of <c>samples/his-db</c>; what each row becomes stands in <c>Golden/sql/FEED.expected.json</c>.
/// Rewrite all of them with <c>UPDATE_GOLDENS=1</c> and review the difference.
/// </summary>
public sealed class SqlGoldenTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> Feeds => [.. SampleFeeds().Select(feed => feed.Key)];

    [Theory]
    [MemberData(nameof(Feeds))]
    public async Task SampleFeed_BecomesWhatIsExpected(string feed)
    {
        var expectedPath = Path.Combine(RepositoryRoot.Path, "tests", "Integration.Tests", "Golden", "sql", feed + ".expected.json");
        var actual = await DescribeAsync(feed);

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            await File.WriteAllTextAsync(expectedPath, actual);
        }

        Assert.True(File.Exists(expectedPath), $"{expectedPath} is missing; UPDATE_GOLDENS=1 writes it.");
        Assert.Equal(await File.ReadAllTextAsync(expectedPath), actual);
    }

    [Fact]
    public void EveryRowMap_HasASampleFeed()
    {
        var maps = Directory.EnumerateFiles(Path.Combine(MappingSamples.MappingsFolder, MappingLoader.RowsFolder, "messages")).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

        Assert.Equal(SampleFeeds().Select(feed => feed["Message"]).Order(StringComparer.Ordinal), maps);
    }

    private static IEnumerable<IConfigurationSection> SampleFeeds() => new ConfigurationBuilder().AddJsonFile(Path.Combine(RepositoryRoot.Path, "appsettings.json")).Build()
        .GetSection("Feeds").GetChildren().Where(feed => feed["Adapter"] == SqlPollAdapterFactory.AdapterName);

    private static async Task<string> DescribeAsync(string feed)
    {
        using var database = SampleDatabase.OfSamples();
        var section = SampleFeeds().Single(candidate => candidate.Key == feed);
        (section["Provider"], section["ConnectionString"], section["TimeZone"]) = ("Sqlite", database.ConnectionString, "Asia/Shanghai");
        var settings = new SettingsReader(section, RepositoryRoot.Path);
        var options = SqlPollOptions.Read(settings);
        Assert.Empty(settings.Problems);
        var source = new SqlSource(options.Source);
        var handOver = new SqlHandOver(feed, options, null!, null!, TimeProvider.System);
        await using var connection = await source.OpenAsync(CancellationToken.None);
        var described = new JsonArray();
        foreach (var item in await source.PageAsync(connection, null, null, 100, CancellationToken.None))
        {
            var raw = RowMessage.Of(options.Message, item.KeyText, new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.Zero), RowMessage.Rows(handOver.RowsOf(item)), []);
            described.Add(Describe(raw, feed, options));
        }

        return described.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonObject Describe(byte[] raw, string feed, SqlPollOptions options)
    {
        var parsed = new RowParser().Parse(raw, feed);
        var mapped = MappingSamples.Mapper.Map(parsed.Document!, new FeedContext(feed, options.AssigningAuthority, options.Zone));
        return new JsonObject
        {
            ["message"] = JsonNode.Parse(raw),
            ["lane"] = new RowHeaderReader(_ => new RowLane(options.AssigningAuthority, options.PatientColumn)).Read(raw, feed).PatientKey,
            ["issues"] = new JsonArray([.. mapped.Issues.Select(i => (JsonNode)$"{i.Severity} {i.Code} {i.Place}: {i.Text}")]),
            ["unread"] = new JsonArray([.. mapped.Unread.Select(place => (JsonNode)place)]),
            ["resources"] = new JsonArray([.. mapped.Resources.Select(resource => (JsonNode)resource.Json.DeepClone())]),
        };
    }
}
