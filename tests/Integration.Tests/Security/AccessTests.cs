using System.Net;
using System.Net.Http.Headers;
using Integration.Tests.Api;

namespace Integration.Tests.Security;

/// <summary>Who gets in where.</summary>
public sealed class AccessTests(SampleHost sample) : IClassFixture<SampleHost>
{
    private const string Wrong = "a-key-that-nobody-holds-1234";

    public static TheoryData<string> Guarded =>
    [
        "/api/v1/patients", "/api/v1/patients/x/timeline", "/api/v1/messages", "/api/v1/feeds", "/api/v1/link-reviews", "/api/v1/unknown",
        "/metrics", "/openapi/v1.json", "/", "/messages", "/_blazor",
    ];

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Get_WithoutKey_IsRefusedWithAProblem(string path)
    {
        using var response = await sample.Host.Anonymous.GetAsync(path);

        Assert.Equal("urn:integration:problem:key-needed", (await response.JsonAsync(HttpStatusCode.Unauthorized)).Text("type"));
        Assert.Contains("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Api-Key", ApiHost.Key, HttpStatusCode.OK)]
    [InlineData("Authorization", "Bearer " + ApiHost.Key, HttpStatusCode.OK)]
    [InlineData("Authorization", "bearer " + ApiHost.Key, HttpStatusCode.OK)]
    [InlineData("X-Api-Key", Wrong, HttpStatusCode.Unauthorized)]
    [InlineData("X-Api-Key", "", HttpStatusCode.Unauthorized)]
    [InlineData("X-Api-Key", ApiHost.Key + "x", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer " + Wrong, HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Basic " + ApiHost.Key, HttpStatusCode.Unauthorized)]
    [InlineData("Cookie", "integration=forged", HttpStatusCode.Unauthorized)]
    public async Task Get_WithCredential_OnlyAHeldKeyOpens(string header, string value, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feeds");
        Assert.True(request.Headers.TryAddWithoutValidation(header, value));

        using var response = await sample.Host.Anonymous.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Replay_WithoutKey_IsRefusedAndChangesNothing()
    {
        using var response = await sample.Host.Anonymous.PostAsync($"/api/v1/messages/{SampleRecord.Message}/replay", null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("done", (await sample.Host.Client.GetJsonAsync($"/api/v1/messages/{SampleRecord.Message}")).Text("state"));
    }

    [Theory]
    [InlineData("/messages?state=failed", "/signin?returnUrl=%2Fmessages%3Fstate%3Dfailed")]
    [InlineData("/", "/signin?returnUrl=%2F")]
    public async Task Browser_WithoutSession_IsSentToTheSignInPage(string path, string expected)
    {
        using var response = await SendAsBrowserAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(expected, response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Browser_OnTheApi_IsToldRatherThanSent()
    {
        using var response = await SendAsBrowserAsync("/api/v1/feeds");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task WrongKeys_MoreThanTwentyAMinute_CloseTheAddressUntilTheMinuteIsOver()
    {
        await using var host = await ApiHost.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await RefuseAsync(host, $"{Wrong}-{i}", HttpStatusCode.Unauthorized);
        }

        await RefuseAsync(host, Wrong, HttpStatusCode.TooManyRequests);
        await RefuseAsync(host, ApiHost.Key, HttpStatusCode.TooManyRequests);
        Assert.Equal("live", (await host.Anonymous.GetJsonAsync("/health/live")).Text("status"));
    }

    [Fact]
    public async Task OneOutdatedKey_SentOverAndOver_DoesNotShutOutOthersOfTheAddress()
    {
        await using var host = await ApiHost.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await RefuseAsync(host, Wrong, HttpStatusCode.Unauthorized);
        }

        await RefuseAsync(host, Wrong, HttpStatusCode.TooManyRequests);
        await host.Client.GetJsonAsync("/api/v1/feeds");
    }

    [Fact]
    public async Task EveryAnswer_HoldsBrowsersBack()
    {
        using var open = await sample.Host.Anonymous.GetAsync("/health/live");
        using var refused = await sample.Host.Anonymous.GetAsync("/api/v1/feeds");

        Assert.All([open, refused], response =>
        {
            Assert.Contains("frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(response.Headers.CacheControl!.NoStore);
        });
    }

    private static async Task RefuseAsync(ApiHost host, string key, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/feeds");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await host.Anonymous.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is { Delta.TotalSeconds: > 0 and <= 60 });
    }

    private async Task<HttpResponseMessage> SendAsBrowserAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml");
        return await sample.Host.Anonymous.SendAsync(request);
    }
}
