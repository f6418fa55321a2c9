using System.Net;
using System.Net.Http.Json;
using Integration.Core.Audit;
using Integration.Core.Feeds;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

/// <summary>Where a feed goes on, set by an operator.</summary>
public sealed class FeedsApiTests
{
    [Theory]
    [InlineData("4000", "i:4000")]
    [InlineData(null, "")]
    public async Task Watermark_Set_IsWrittenWithWhoAndWhy(string? watermark, string kept)
    {
        await using var host = await ApiHost.StartAsync();

        using var answer = await host.Client.PutAsJsonAsync("/api/v1/feeds/his_visits/watermark", new { watermark, reason = "rows were restored" });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(kept, await host.App.Services.GetRequiredService<FeedWatermarks>().WishAsync("his_visits", "rows", CancellationToken.None));
        var (entries, _) = await host.App.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(), CancellationToken.None);
        var entry = Assert.Single(entries);
        Assert.Equal(("tests", AuditActions.SetWatermark, "feeds/his_visits", "rows were restored"), (entry.Actor, entry.Action, entry.Target, entry.Reason));
    }

    [Theory]
    [InlineData("his_visits", "tomorrow", "why", HttpStatusCode.BadRequest)]
    [InlineData("his_visits", "4000", "", HttpStatusCode.BadRequest)]
    [InlineData("lab", "4000", "why", HttpStatusCode.NotFound)]
    public async Task Watermark_ThatCannotBeSet_ChangesNothing(string feed, string watermark, string reason, HttpStatusCode status)
    {
        await using var host = await ApiHost.StartAsync();

        using var answer = await host.Client.PutAsJsonAsync($"/api/v1/feeds/{feed}/watermark", new { watermark, reason });

        Assert.Equal(status, answer.StatusCode);
        Assert.Null(await host.App.Services.GetRequiredService<FeedWatermarks>().WishAsync(feed, "rows", CancellationToken.None));
    }
}
