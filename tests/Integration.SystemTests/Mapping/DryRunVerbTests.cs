using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Storage;
using Integration.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Integration.SystemTests.Mapping;

/// <summary>What a message would change in the record, asked on the command line.</summary>
public sealed class DryRunVerbTests
{
    private const string Known = "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|1|P|2.5.1\rEVN|A08|20260316080000\rPID|1||P1^^^HIS||王^芳||19800203|F\r";
    private const string News = "MSH|^~\\&|HIS|EAST|||20260317080000||ADT^A08|2|P|2.5.1\rEVN|A08|20260317080000\rPID|1||P1^^^HIS||王^芬||19800203|Q7\rZPD|1||x\r";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AgainstRecord_IsTheAnswerOfTheApi_BesideTheEngineAndWithoutIt_AndWritesNothing(bool explain)
    {
        using var folder = new TemporaryFolder();
        var data = Path.Combine(folder.Path, "data");
        var file = Path.Combine(folder.Path, "news.hl7");
        await File.WriteAllTextAsync(file, News, Token);
        string[] verb = ["map", file, "--feed", "his", "--against-record", "--json", .. explain ? ["--explain"] : Array.Empty<string>()];
        JsonNode asked;
        JsonObject beside;
        await using (var engine = await EngineProcess.StartAsync(data, Token))
        {
            await using (var sender = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(10), Token))
            {
                await sender.SendAsync(Encoding.UTF8.GetBytes(Known), Token);
            }

            await engine.DrainAsync(TimeSpan.FromSeconds(20), Token);
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(News));
            content.Headers.ContentType = new("application/octet-stream");
            using var answer = await engine.Api.PostAsync($"/api/v1/mappings/dry-run?feed=his&explain={(explain ? "true" : "false")}", content, Token);
            asked = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["items"]![0]!;
            beside = await RunAsync([.. verb, "--engine", engine.Api.BaseAddress!.ToString()]);

            var (exitCode, refusal) = await EngineProcess.RunToEndAsync(Token, [.. verb, "--set", $"Engine:DataFolder={data}"]);
            Assert.Equal(2, exitCode);
            Assert.Contains("--engine", refusal, StringComparison.Ordinal);
            Assert.Equal(0, await engine.TerminateAsync(TimeSpan.FromSeconds(30), Token));
        }

        var before = await DumpAsync(data);
        var alone = await RunAsync([.. verb, "--set", $"Engine:DataFolder={data}"]);

        Assert.True(JsonNode.DeepEquals(asked, beside), $"{asked}\n{beside}");
        Assert.True(JsonNode.DeepEquals(asked, alone), $"{asked}\n{alone}");
        Assert.Equal(before, await DumpAsync(data));
        var change = Assert.Single(asked["record"]!["changes"]!.AsArray())!;
        Assert.Equal("updated", (string)change["action"]!);
        Assert.Contains(change["elements"]!.AsArray(), e => (string)e!["path"]! == "Patient.gender" && (string)e["before"]! == "female" && (string)e["after"]! == "unknown");
    }

    private static async Task<JsonObject> RunAsync(string[] verb)
    {
        var (exitCode, output) = await EngineProcess.RunToEndAsync(Token, verb);
        Assert.True(exitCode == 0, output);
        var answer = JsonNode.Parse(output.Split('\n').Single(line => line.StartsWith('{')))!.AsObject();
        Assert.True(answer.Remove("file"));
        return answer;
    }

    /// <summary>Every document of the store.</summary>
    private static async Task<List<string>> DumpAsync(string data)
    {
        await using var store = new SqliteDocumentStore(
            Options.Create(new SqliteStorageOptions { Path = Path.Combine(data, "integration.db") }), NullLogger<SqliteDocumentStore>.Instance);
        await store.OpenAsync(Collections.All, Token);
        var documents = new List<string>();
        foreach (var collection in Collections.All)
        {
            await foreach (var document in store.ReadAllAsync(new DocumentQuery(collection) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = 1000 }, Token))
            {
                documents.Add($"{collection.Name} {document.Id} {document.Version} {Encoding.UTF8.GetString(document.Json.Span)}");
            }
        }

        Assert.NotEmpty(documents);
        return documents;
    }
}
