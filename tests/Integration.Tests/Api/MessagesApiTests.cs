using System.Net;
using Integration.Core.Intake;
using Integration.Core.Storage;

namespace Integration.Tests.Api;

public sealed class MessagesApiTests(SampleHost sample) : IClassFixture<SampleHost>
{
    private const string Messages = "/api/v1/messages";

    private HttpClient Client => sample.Host.Client;

    [Theory]
    [InlineData("feed=lis", 5)]
    [InlineData("feed=his", 20)]
    [InlineData("state=failed", 1)]
    [InlineData("feed=lis&state=duplicate", 1)]
    [InlineData("search=H7", 1)]
    [InlineData("search=" + SampleRecord.Message, 1)]
    [InlineData("search=" + SampleRecord.Patient, 1)]
    [InlineData("search=urn:authority:HIS|10001", 1)]
    [InlineData("from=2026-11-21T09:00:00Z&below=2026-11-21T18:00:00%2B08:00", 2)]
    [InlineData("from=2026-11-22", 0)]
    public async Task Search_ByCondition_FindsThoseThatFit(string query, int expected)
    {
        var all = await Client.GetAllPagesAsync($"{Messages}?limit=3&{query}");

        Assert.Equal(expected, all.Count);
        Assert.Equal(all.Select(m => m.Text("received")).OrderDescending(StringComparer.Ordinal), all.Select(m => m.Text("received")));
    }

    [Fact]
    public async Task Search_WithoutCondition_ListsAllPageByPage()
    {
        var all = await Client.GetAllPagesAsync($"{Messages}?limit=4");

        Assert.Equal(25, all.Select(m => m.Text("id")).Distinct().Count());
        Assert.Equal("filtered", all[0].Text("state"));
    }

    [Fact]
    public async Task Get_Message_ShowsEverythingFromBytesToChanges()
    {
        var message = await Client.GetJsonAsync($"{Messages}/{SampleRecord.Message}");

        Assert.Equal(SampleRecord.Raw, Convert.FromBase64String(message.Text("raw")));
        Assert.Contains("张^玘", message.Text("text"), StringComparison.Ordinal);
        Assert.Equal("done", message.Text("state"));
        Assert.Equal(["parse", "map", "identify", "record", "followUp", "deliver", "commit"], message.Items("stages").Select(s => s!.Text("name")));
        Assert.Equal(4100, message.Items("stages")[6]!["durationUs"]!.GetValue<long>());
        Assert.Equal("PID-31", message.Items("unread")[0]!.GetValue<string>());
        Assert.Equal("updated", message.Items("changes")[0]!.Text("action"));
        var issue = message.Items("issues")[0]!;
        Assert.Equal(3103, issue["code"]!.GetValue<int>());
        Assert.Equal("CodeNotMapped", issue.Text("name"));
        Assert.Equal("warning", issue.Text("severity"));
        Assert.Contains("mappings/hl7v2/codesystems", issue.Text("remedy"), StringComparison.Ordinal);
        Assert.Equal("代码未映射", issue.Text("titleZh"));
    }

    [Fact]
    public async Task Raw_OfAMessage_IsItsBytes()
    {
        using var response = await Client.GetAsync($"{Messages}/{SampleRecord.Message}/raw");

        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(SampleRecord.Raw, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Replay_FailedMessage_WaitsAgainAndCannotBeReplayedTwice()
    {
        using var accepted = await Client.PostAsync($"{Messages}/{SampleRecord.FailedMessage}/replay", null);
        using var again = await Client.PostAsync($"{Messages}/{SampleRecord.FailedMessage}/replay", null);

        Assert.Equal("waiting", (await accepted.JsonAsync(HttpStatusCode.Accepted)).Text("state"));
        Assert.Equal($"{Messages}/{SampleRecord.FailedMessage}", accepted.Headers.Location!.ToString());
        Assert.Equal("urn:integration:problem:not-replayable", (await again.JsonAsync(HttpStatusCode.Conflict)).Text("type"));
        var stored = Collections.Messages.Read((await sample.Host.Store.GetAsync(
            Collections.Messages, SampleRecord.FailedMessage, false, TestContext.Current.CancellationToken))!);
        Assert.Equal(MessageState.Waiting, stored.State);

        // Put back for the tests that count failed messages.
        var batch = new WriteBatch();
        batch.Add(Collections.Messages.Put(stored with { State = MessageState.Failed }, expectedVersion: null));
        await sample.Host.Store.CommitAsync(batch, CommitPriority.Processing, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(SampleRecord.WaitingMessage, "waiting")]
    [InlineData(SampleRecord.DuplicateMessage, SampleRecord.Message)]
    public async Task Replay_WaitingOrDuplicate_IsAConflictThatSaysWhatToDo(string id, string hint)
    {
        using var response = await Client.PostAsync($"{Messages}/{id}/replay", null);

        Assert.Contains(hint, (await response.JsonAsync(HttpStatusCode.Conflict)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyAddress_UnknownMessage_IsNotFound()
    {
        using var replay = await Client.PostAsync($"{Messages}/unknown/replay", null);

        await replay.JsonAsync(HttpStatusCode.NotFound);
        await Client.GetJsonAsync($"{Messages}/unknown", HttpStatusCode.NotFound);
        await Client.GetJsonAsync($"{Messages}/unknown/raw", HttpStatusCode.NotFound);
    }
}
