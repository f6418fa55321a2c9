using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Integration.Core.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

/// <summary>Incidents by API: seen, acknowledged, muted.</summary>
public sealed class IncidentsApiTests
{
    private static readonly Observation Silent = Observation.Bad(IncidentKind.FeedSilent, "feeds/his", null, TimeSpan.Zero, ("minutes", "22"));

    [Fact]
    public async Task List_ByStateKindAndSubject_FollowsTheQuery()
    {
        await using var host = await ApiHost.StartAsync();
        await OpenAsync(host, Silent);
        await OpenAsync(host, Observation.Bad(IncidentKind.DestinationAway, "destinations/crm"));

        var all = await host.Client.GetJsonAsync("/api/v1/incidents?limit=1");
        var rest = await host.Client.GetJsonAsync($"/api/v1/incidents?limit=1&after={all.Text("next")}");
        var silent = Assert.Single((await host.Client.GetJsonAsync("/api/v1/incidents?state=open&kind=feedSilent&subject=feeds%2Fhis")).Items())!;

        Assert.Equal(["destinationAway", "feedSilent"], all.Items().Concat(rest.Items()).Select(i => i!.Text("kind")));
        Assert.Equal(("open", "No message of his for 22 min, which is unusual at this hour."), (silent.Text("state"), silent["en"]!.Text("text")));
        Assert.Equal("接口静默", silent["zh"]!.Text("title"));
        Assert.Equal("22", silent["facts"]!.Text("minutes"));
        Assert.Empty((await host.Client.GetJsonAsync("/api/v1/incidents?state=recovered")).Items());
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/api/v1/incidents?kind=fire")).StatusCode);
    }

    [Fact]
    public async Task AcknowledgeAndMute_WithReason_StandWithTheIncidentAndInTheAudit()
    {
        await using var host = await ApiHost.StartAsync();
        var id = await OpenAsync(host, Silent);
        var until = DateTimeOffset.UtcNow.AddHours(4);

        using var acknowledged = await PostAsync(host, id, "acknowledge", new() { ["reason"] = "vendor called" });
        using var muted = await PostAsync(host, id, "mute", new() { ["reason"] = "moving the server", ["until"] = until.ToString("O") });

        var incident = await host.Client.GetJsonAsync($"/api/v1/incidents/{id}");
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [acknowledged.StatusCode, muted.StatusCode]);
        Assert.Equal(("tests", "vendor called"), (incident["acknowledged"]!.Text("actor"), incident["acknowledged"]!.Text("reason")));
        Assert.Equal(until, incident["muted"]!["until"]!.GetValue<DateTimeOffset>(), TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            ["incident.mute", "incident.acknowledge"], (await host.Client.GetJsonAsync($"/api/v1/audit?target={id}")).Items().Select(e => e!.Text("action")));
    }

    [Theory]
    [InlineData("acknowledge", "{}", "reason")]
    [InlineData("acknowledge", "{\"reason\":\" \"}", "reason")]
    [InlineData("mute", "{\"reason\":\"x\"}", "until")]
    [InlineData("mute", "{\"reason\":\"x\",\"until\":\"2099-01-01T00:00:00Z\"}", "until")]
    [InlineData("mute", "{\"until\":\"2026-01-01T00:00:00Z\"}", "reason")]
    public async Task Decide_WithoutWhatItNeeds_IsRefusedWithThePlace(string what, string body, string parameter)
    {
        await using var host = await ApiHost.StartAsync();
        var id = await OpenAsync(host, Silent);

        using var answer = await PostAsync(host, id, what, JsonNode.Parse(body)!.AsObject());

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
        Assert.Equal(parameter, Assert.Single(problem.Items("errors"))!.Text("parameter"));
    }

    [Fact]
    public async Task Decide_OnWhatIsNotThere_IsNotFound()
    {
        await using var host = await ApiHost.StartAsync();

        using var acknowledged = await PostAsync(host, "nothing", "acknowledge", new() { ["reason"] = "x" });
        using var read = await host.Client.GetAsync("/api/v1/incidents/nothing");
        using var keyless = await host.Anonymous.GetAsync("/api/v1/incidents");

        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized], [acknowledged.StatusCode, read.StatusCode, keyless.StatusCode]);
    }

    private static Task<HttpResponseMessage> PostAsync(ApiHost host, string id, string what, JsonObject body) =>
        host.Client.PostAsJsonAsync($"/api/v1/incidents/{id}/{what}", body, TestContext.Current.CancellationToken);

    private static async Task<string> OpenAsync(ApiHost host, Observation found) =>
        (await host.App.Services.GetRequiredService<IncidentStore>().OpenAsync(found, DateTimeOffset.UtcNow, 1, CancellationToken.None)).Incident.Id;
}
