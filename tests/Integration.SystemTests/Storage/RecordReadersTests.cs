using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Storage;

/// <summary>What docs/record.md promises to readers, checked by two drivers that are not ours on what the engine wrote.</summary>
[Collection(MongoDayCollection.Name)]
public sealed partial class RecordReadersTests(MongoDay day)
{
    private const int Questions = 10;

    private static string Document => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "record.md"));

    [Fact]
    public async Task EveryPipeline_ThroughPyMongo_GivesWhatTheDocumentShows()
    {
        Peer.Require("/usr/lib/python3/dist-packages/pymongo", "apt-get install python3-pymongo");
        var cancellationToken = TestContext.Current.CancellationToken;
        await day.PlayedAsync(cancellationToken);
        await using var python = Peer.StartPython("pymongo_aggregate.py", day.Uri);

        var pipelines = Pipelines().Matches(Document);
        Assert.Equal(Questions, pipelines.Count);
        foreach (Match pipeline in pipelines)
        {
            var asked = new JsonObject
            {
                ["collection"] = pipeline.Groups["collection"].Value,
                ["pipeline"] = JsonNode.Parse(IsoDate().Replace(pipeline.Groups["stages"].Value, """{ "$date": $1 }""")),
            };
            await python.Input.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(asked), cancellationToken);
            await python.Input.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await python.Input.FlushAsync(cancellationToken);

            var found = JsonNode.Parse(await python.ReadLineAsync(cancellationToken));
            var shown = JsonNode.Parse(pipeline.Groups["result"].Value);

            Assert.True(JsonNode.DeepEquals(shown, found), $"{pipeline.Groups["title"].Value} gives\n{found!.ToJsonString(Relaxed)}\nand not\n{shown!.ToJsonString(Relaxed)}");
        }
    }

    [Fact]
    public async Task NodeDriver_ReadsDatesDecimalsAndLongs()
    {
        Peer.RequireNode("mongodb");
        var cancellationToken = TestContext.Current.CancellationToken;
        await day.PlayedAsync(cancellationToken);
        await using var node = Peer.StartNode("node-mongodb-read.cjs", day.Uri);

        var read = JsonNode.Parse(await node.ReadLineAsync(cancellationToken))!;

        var types = read["types"]!.AsObject().ToDictionary(type => type.Key, type => (int)type.Value!);
        Assert.Equal(["birthDate: Date", "deceased: boolean", "effective: Date", "lastEvent: Date", "nameKeys: array", "occurrence: Date", "price: Decimal128", "quantity: Decimal128",
            "section time: Date", "sequence: Long"], types.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(42, types["birthDate: Date"]);
        Assert.Equal(116, types["price: Decimal128"]);
        Assert.Equal("7263.12", (string?)read["total"]);
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex("""### (?<title>[^\n]+)\n(?:(?!```)[^\n]*\n)*```js\ndb\.(?<collection>\w+)\.aggregate\((?<stages>[^`]*)\)\n```\n```json\n(?<result>[^`]*)```""")]
    private static partial Regex Pipelines();

    [GeneratedRegex("""ISODate\(("[^"]*")\)""")]
    private static partial Regex IsoDate();
}
