using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Integration.Tests.Api;

/// <summary>Dead letters, operations and audit over the API; nothing runs the messages here.</summary>
public sealed class DeadLettersApiTests : IAsyncLifetime
{
    private const string Retry = "/api/v1/dead-letters/retry";
    private const string Discard = "/api/v1/dead-letters/discard";
    private const string Replays = "/api/v1/replays";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        await SampleRecord.PutAsync(_host.Store);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task List_FailedMessages_GroupsThemByCause()
    {
        var group = Assert.Single((await _host.Client.GetJsonAsync("/api/v1/dead-letters?feed=lis")).Items())!;

        Assert.Equal((1L, "identify", 4101, "PID-3"), (group["count"]!.GetValue<long>(), group.Text("stage"), group["code"]!.GetValue<int>(), group.Text("place")));
        Assert.Equal(SampleRecord.FailedMessage, group["samples"]![0]!.GetValue<string>());
        var cause = Uri.EscapeDataString(group.Text("cause"));
        Assert.Equal(SampleRecord.FailedMessage, Assert.Single((await _host.Client.GetJsonAsync($"/api/v1/messages?cause={cause}")).Items())!.Text("id"));
        Assert.Empty((await _host.Client.GetJsonAsync("/api/v1/dead-letters?feed=his")).Items());
    }

    [Fact]
    public async Task Retry_OfAGroup_AnswersWithAnOperationAndAuditsIt()
    {
        using var answer = await _host.Client.PostAsJsonAsync(Retry, new { cause = "identify/4101/PID-3/", reason = "sender mended" });
        var operation = await answer.JsonAsync(HttpStatusCode.Accepted);

        Assert.Equal(("retry", "running", "tests", 1L), (operation.Text("kind"), operation.Text("state"), operation.Text("actor"), operation["total"]!.GetValue<long>()));
        Assert.Equal($"/api/v1/operations/{operation.Text("id")}", answer.Headers.Location!.ToString());
        Assert.Equal(operation.ToJsonString(), (await _host.Client.GetJsonAsync(answer.Headers.Location!.ToString())).ToJsonString());
        Assert.Single((await _host.Client.GetJsonAsync("/api/v1/operations")).Items());
        var entry = Assert.Single((await _host.Client.GetJsonAsync($"/api/v1/audit?target={operation.Text("id")}")).Items())!;
        Assert.Equal(("tests", "operation.retry", "sender mended"), (entry.Text("actor"), entry.Text("action"), entry.Text("reason")));
        Assert.True((await _host.Client.GetJsonAsync("/api/v1/audit/check"))["intact"]!.GetValue<bool>());

        using var cancel = await _host.Client.PostAsync($"/api/v1/operations/{operation.Text("id")}/cancel", null);
        Assert.Equal("cancelled", (await cancel.JsonAsync(HttpStatusCode.OK)).Text("state"));
    }

    [Theory]
    [InlineData(Discard, """{"reason":"x"}""", "ids")]
    [InlineData(Discard, """{"cause":"identify/4101/PID-3/"}""", "reason")]
    [InlineData(Replays, """{"feed":"lis"}""", "from")]
    [InlineData(Replays, """{"from":"2026-11-22T00:00:00Z","below":"2026-11-21T00:00:00Z"}""", "below")]
    [InlineData(Retry, """{"ids":[]}""", "ids")]
    [InlineData(Retry, """{"ids":["a"],"feed":"lis"}""", "ids")]
    public async Task Start_RequestThatCannotBeUsed_NamesWhatIsWrong(string path, string body, string parameter)
    {
        using var answer = await _host.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        var problem = await answer.JsonAsync(HttpStatusCode.BadRequest);
        Assert.Equal("urn:integration:problem:invalid-body", problem.Text("type"));
        Assert.Equal(parameter, problem.Items("errors")[0]!.Text("parameter"));
    }

    [Theory]
    [InlineData("""{"casue":"x"}""")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task Start_BodyThatIsNoSelection_IsRefused(string body)
    {
        using var answer = await _host.Client.PostAsync(Retry, new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(400, (await answer.JsonAsync(HttpStatusCode.BadRequest))["status"]!.GetValue<int>());
        Assert.Empty((await _host.Client.GetJsonAsync("/api/v1/operations")).Items());
    }

    [Fact]
    public async Task Discard_OneMessage_FiltersItWithTheReason()
    {
        using var answer = await _host.Client.PostAsJsonAsync($"/api/v1/messages/{SampleRecord.FailedMessage}/discard", new { reason = "test patient" });
        await answer.JsonAsync(HttpStatusCode.OK);

        var message = await _host.Client.GetJsonAsync($"/api/v1/messages/{SampleRecord.FailedMessage}");
        Assert.Equal(("filtered", "test patient"), (message.Text("state"), message.Text("reason")));
        using var again = await _host.Client.PostAsJsonAsync($"/api/v1/messages/{SampleRecord.FailedMessage}/discard", new { reason = "test patient" });
        Assert.Equal("urn:integration:problem:not-now", (await again.JsonAsync(HttpStatusCode.Conflict)).Text("type"));
        using var unknown = await _host.Client.PostAsJsonAsync("/api/v1/messages/unknown/discard", new { reason = "x" });
        await unknown.JsonAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Correct_BytesThatCannotBeRead_SaysWhyInThePlaceOfTheMessage()
    {
        using var answer = await _host.Client.PutAsync($"/api/v1/messages/{SampleRecord.FailedMessage}/correction?reason=mended", new ByteArrayContent("PID|1"u8.ToArray()));

        var problem = await answer.JsonAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("NotHl7", problem.Items("issues")[0]!.Text("name"));
    }

    [Fact]
    public async Task Operation_Unknown_IsNotFound()
    {
        await _host.Client.GetJsonAsync("/api/v1/operations/unknown", HttpStatusCode.NotFound);
        using var cancel = await _host.Client.PostAsync("/api/v1/operations/unknown/cancel", null);
        await cancel.JsonAsync(HttpStatusCode.NotFound);
    }
}
