using System.Net;
using Integration.Core.Feeds;
using Integration.Core.Security;

namespace Integration.Tests.Api;

/// <summary>Feeds, link reviews and health.</summary>
public sealed class OperationsApiTests(SampleHost sample) : IClassFixture<SampleHost>
{
    [Fact]
    public async Task Feeds_AsConfigured_ShowStateRatesAndCounts()
    {
        var feeds = (await sample.Host.Client.GetJsonAsync("/api/v1/feeds")).Items();

        Assert.Equal(["his", "lis"], feeds.Select(f => f!.Text("name")));
        Assert.Equal("running", feeds[0]!.Text("state"));
        Assert.Equal(30, feeds[0]!.Items("perMinute").Count);
        Assert.Equal(["waiting", "done", "failed", "filtered", "duplicate"], feeds[0]!["counts"]!.AsObject().Select(c => c.Key));
        Assert.Equal(2L, feeds[0]!["counts"]!["done"]!.GetValue<long>());
    }

    [Fact]
    public async Task Feeds_LinkAndCertificate_AreShownAndMeasured()
    {
        await using var host = await ApiHost.StartAsync();
        var now = DateTimeOffset.UtcNow;
        host.Board.Feeds =
        [
            SampleRecord.Feeds[0] with
            {
                Link = new LinkStatus(LinkStatus.Connecting, now, "Connection refused"),
                Certificate = new CertificateStatus("his.hospital", now.AddDays(20), CertificateState.Expiring),
            },
            SampleRecord.Feeds[1],
        ];

        var feeds = (await host.Client.GetJsonAsync("/api/v1/feeds")).Items();
        var metrics = await host.Client.GetStringAsync("/metrics");

        Assert.Equal(("connecting", "Connection refused"), (feeds[0]!["link"]!.Text("state"), feeds[0]!["link"]!.Text("problem")));
        Assert.Equal(("his.hospital", "expiring"), (feeds[0]!["certificate"]!.Text("subject"), feeds[0]!["certificate"]!.Text("state")));
        Assert.Null(feeds[1]!["link"]);
        Assert.Contains("integration_feed_linked{feed=\"his\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Matches("integration_feed_certificate_expiry_seconds\\{feed=\"his\"\\} 172[78]", metrics);
    }

    [Theory]
    [InlineData("", "a1~a2")]
    [InlineData("?state=separate", "b1~b2")]
    public async Task LinkReviews_ByState_OpenUnlessSaid(string query, string expected)
    {
        var reviews = (await sample.Host.Client.GetJsonAsync("/api/v1/link-reviews" + query)).Items();

        Assert.Equal(expected, Assert.Single(reviews)!.Text("id"));
    }

    [Fact]
    public async Task Live_WithoutKeyAndStore_Answers()
    {
        await using var host = await ApiHost.StartAsync();
        host.Interruption.Away = true;

        Assert.Equal("live", (await host.Anonymous.GetJsonAsync("/health/live")).Text("status"));
    }

    [Fact]
    public async Task Ready_StoreAnswersAndFeedsRun_IsReady()
    {
        var ready = await sample.Host.Anonymous.GetJsonAsync("/health/ready");

        Assert.Equal("ready", ready.Text("status"));
        Assert.Equal(["store", "feed:his", "feed:lis"], ready.Items("checks").Select(c => c!.Text("name")));
    }

    [Fact]
    public async Task Ready_StoreAway_SaysWhy()
    {
        await using var host = await ApiHost.StartAsync();
        host.Interruption.Away = true;

        var ready = await host.Anonymous.GetJsonAsync("/health/ready", HttpStatusCode.ServiceUnavailable);

        Assert.Equal("notReady", ready.Text("status"));
        Assert.Equal("The disk is full. Free some space.", Assert.Single(ready.Items("checks"))!.Text("reason"));
    }

    [Theory]
    [InlineData("faulted", "Port 2575 is in use.", "Port 2575 is in use.")]
    [InlineData("stopped", null, "It is stopped.")]
    public async Task Ready_FeedDoesNotRun_SaysWhichAndWhy(string state, string? problem, string reason)
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Feeds = [SampleRecord.Feeds[1], SampleRecord.Feeds[0] with { State = state, Problem = problem }];

        var ready = await host.Anonymous.GetJsonAsync("/health/ready", HttpStatusCode.ServiceUnavailable);

        var check = Assert.Single(ready.Items("checks"), c => !c!["ok"]!.GetValue<bool>())!;
        Assert.Equal("feed:his", check.Text("name"));
        Assert.Equal(reason, check.Text("reason"));
    }
}
