using System.Net;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.Api;

public sealed class ApiProblemTests(SampleHost sample) : IClassFixture<SampleHost>
{
    private HttpClient Client => sample.Host.Client;

    [Theory]
    [InlineData("/api/v1/patients?nmae=x", "nmae", "name, identifier, phone, limit, after")]
    [InlineData("/api/v1/patients?limit=0", "limit", "from 1 to 200")]
    [InlineData("/api/v1/patients?limit=201", "limit", "from 1 to 200")]
    [InlineData("/api/v1/patients?limit=ten", "limit", "whole number")]
    [InlineData("/api/v1/patients?name=", "name", "empty")]
    [InlineData("/api/v1/patients?name=%C2%B7", "name", "beginning of a name")]
    [InlineData("/api/v1/patients?phone=12", "phone", "four digits")]
    [InlineData("/api/v1/patients?name=a&name=b", "name", "more than once")]
    [InlineData("/api/v1/patients?after=xyz", "after", "`next` of the previous page")]
    [InlineData("/api/v1/messages?state=open", "state", "waiting, done, failed, filtered, duplicate")]
    [InlineData("/api/v1/messages?from=yesterday", "from", "ISO 8601")]
    [InlineData("/api/v1/messages?from=2026-11-22&below=2026-11-21", "below", "later than `from`")]
    [InlineData("/api/v1/link-reviews?state=closed", "state", "open, linked, separate")]
    [InlineData("/api/v1/patients/" + SampleRecord.Patient + "?expand=all", "expand", "no query parameters")]
    [InlineData("/api/v1/patients/" + SampleRecord.Patient + "/resources?type=Observations", "type", "FHIR R4 resource type")]
    [InlineData("/api/v1/feeds?limit=1", "limit", "no query parameters")]
    [InlineData("/metrics?x=1", "x", "no query parameters")]
    public async Task AnyList_QueryThatDoesNotFit_NamesTheParameterAndWhatIsAllowed(string url, string parameter, string hint)
    {
        using var response = await Client.GetAsync(url);

        var problem = await response.JsonAsync(HttpStatusCode.BadRequest);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("urn:integration:problem:invalid-parameter", problem.Text("type"));
        Assert.Equal(400, problem["status"]!.GetValue<int>());
        var error = Assert.Single(problem.Items("errors"))!;
        Assert.Equal(parameter, error.Text("parameter"));
        Assert.Contains(hint, error.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyList_SeveralBadParameters_NamesAllOfThem()
    {
        var problem = await Client.GetJsonAsync("/api/v1/messages?state=x&limit=-1&from=&size=3", HttpStatusCode.BadRequest);

        Assert.Equal(["state", "limit", "from", "size"], problem.Items("errors").Select(e => e!.Text("parameter")));
        Assert.Equal(["waiting", "done", "failed", "filtered", "duplicate"], problem.Items("errors")[0]!.Items("allowed").Select(v => v!.GetValue<string>()));
    }

    [Fact]
    public async Task AnyList_TokenOfAnotherQuery_IsRefused()
    {
        var token = (await Client.GetJsonAsync("/api/v1/patients?limit=1")).Text("next");

        var problem = await Client.GetJsonAsync($"/api/v1/messages?limit=1&after={Uri.EscapeDataString(token)}", HttpStatusCode.BadRequest);

        Assert.Equal("after", problem.Items("errors")[0]!.Text("parameter"));
    }

    [Fact]
    public async Task UnknownAddressOrMethod_IsAProblemToo()
    {
        using var wrongMethod = await Client.DeleteAsync("/api/v1/feeds");

        Assert.Equal("urn:integration:problem:not-found", (await Client.GetJsonAsync("/api/v1/nothing", HttpStatusCode.NotFound)).Text("type"));
        Assert.Equal("urn:integration:problem:method-not-allowed", (await wrongMethod.JsonAsync(HttpStatusCode.MethodNotAllowed)).Text("type"));
    }

    [Fact]
    public async Task Fault_OfOurs_ShowsACorrelationIdThatStandsInTheLogAndNothingElse()
    {
        using var response = await Client.GetAsync($"/api/v1/messages/{SampleRecord.FaultyMessage}");

        var problem = await response.JsonAsync(HttpStatusCode.InternalServerError);
        var text = problem.ToJsonString();
        Assert.DoesNotContain("bug in the parser", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var logged = Assert.Single(sample.Host.Logs.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains(problem.Text("correlationId"), logged.Text, StringComparison.Ordinal);
        Assert.Contains("A bug in the parser.", logged.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreAway_IsA503ThatAsksToTryAgain()
    {
        await using var host = await ApiHost.StartAsync();
        host.Interruption.Away = true;

        using var response = await host.Client.GetAsync("/api/v1/patients");

        Assert.Equal("urn:integration:problem:store-unavailable", (await response.JsonAsync(HttpStatusCode.ServiceUnavailable)).Text("type"));
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Contains(host.Logs.Lines, line => line.Text.Contains("The disk is full.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logs_AfterSearchesAndRefusals_HoldNothingThatWasLookedFor()
    {
        await using var host = await ApiHost.StartAsync();
        const string Name = "zhangsanfeng";
        using var browser = new HttpRequestMessage(HttpMethod.Get, $"/patients?name={Name}") { Headers = { { "Accept", "text/html" } } };

        using var found = await host.Client.GetAsync($"/api/v1/patients?name={Name}");
        using var refused = await host.Anonymous.GetAsync($"/api/v1/patients?name={Name}");
        using var redirected = await host.Anonymous.SendAsync(browser);
        using var bad = await host.Client.GetAsync($"/api/v1/patients?limit={Name}");
        host.Interruption.Away = true;
        using var away = await host.Client.GetAsync($"/api/v1/patients?name={Name}");

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Redirect, HttpStatusCode.BadRequest, HttpStatusCode.ServiceUnavailable],
            [found.StatusCode, refused.StatusCode, redirected.StatusCode, bad.StatusCode, away.StatusCode]);
        Assert.NotEmpty(host.Logs.Lines);
        Assert.DoesNotContain(host.Logs.Lines, line => line.Text.Contains(Name, StringComparison.OrdinalIgnoreCase));
    }
}
