using Integration.Core.Incidents;
using Integration.Tests.FollowUps;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Incidents;

/// <summary>Several complaints of one matter within a week are an incident, of which the events tell.</summary>
public sealed class ComplaintWatcherTests
{
    private int _complaints;

    [Fact]
    public async Task ComplaintCluster_ThreeOfOneMatterInAWeek_IsOneIncidentUntilTheWeekIsOver()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        await ComplainAsync(engine, "2026-03-10 09:00", "attitude", "服务态度");
        await ComplainAsync(engine, "2026-03-15 09:00", "attitude", "服务态度");
        await LookAsync(engine);
        Assert.Empty(Open(engine));

        await ComplainAsync(engine, "2026-03-16 10:01", "attitude", "服务态度");
        await LookAsync(engine);
        await LookAsync(engine);

        var open = Assert.Single(Open(engine));
        Assert.Equal((IncidentKind.ComplaintCluster, "complaints/attitude"), (open.Kind, open.Subject));
        Assert.Equal("7 天内收到 3 起关于“服务态度”（attitude）的投诉。", open.Zh.Text);
        Assert.Equal("complaints/attitude", Assert.Single(await engine.EventsAsync("incident.opened")).Subject);

        engine.GoTo("2026-03-17 10:00");   // the first is older than a week now
        await LookAsync(engine);
        await LookAsync(engine);
        Assert.Empty(Open(engine));
    }

    [Theory]
    [InlineData("waiting-time", "requested", "complaint")]   // another matter
    [InlineData("attitude", "cancelled", "complaint")]
    [InlineData("attitude", "requested", "fulfill")]   // a task of another kind
    [InlineData("", "requested", "complaint")]   // in free words alone
    public async Task ComplaintCluster_ThirdOneDoesNotCount_IsNoIncident(string matter, string status, string code)
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        await ComplainAsync(engine, "2026-03-15 09:00", "attitude", "服务态度");
        await ComplainAsync(engine, "2026-03-15 09:00", "attitude", "服务态度");
        await ComplainAsync(engine, "2026-03-16 09:00", matter, "服务态度", status, code);

        await LookAsync(engine);

        Assert.Empty(Open(engine));
    }

    [Theory]
    [InlineData("ComplaintsAtLeast", "2", 1)]
    [InlineData("ComplaintCluster", "Off", 0)]
    [InlineData("ComplaintCluster", "10:00:00", 0)]
    public async Task ComplaintCluster_Settings_AreFollowed(string key, string value, int incidents)
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00", ("Incidents:" + key, value));
        await ComplainAsync(engine, "2026-03-15 09:00", "attitude", "服务态度");
        await ComplainAsync(engine, "2026-03-16 09:00", "attitude", "服务态度");

        await LookAsync(engine);

        Assert.Equal(incidents, Open(engine).Count);
    }

    private Task ComplainAsync(FollowUpEngine engine, string time, string matter, string display, string status = "requested", string code = "complaint") => engine.PutAsync(
        $$"""
        {
          "resourceType": "Task", "id": "t{{++_complaints}}", "status": "{{status}}", "intent": "order", "code": { "coding": [{ "code": "{{code}}" }] },
          "reasonCode": { "text": "{{display}}"{{(matter.Length > 0 ? $$""", "coding": [{ "code": "{{matter}}", "display": "{{display}}" }]""" : "")}} }
        }
        """, time, $"P{_complaints}");

    /// <summary>Looks, and again when the grace is over.</summary>
    private static async Task LookAsync(FollowUpEngine engine)
    {
        var watch = engine.Engine.Services.GetRequiredService<IncidentWatch>();
        await watch.LookAsync(CancellationToken.None);
        engine.Clock.Advance(TimeSpan.FromMinutes(3));
        await watch.LookAsync(CancellationToken.None);
    }

    private static IReadOnlyList<IncidentDocument> Open(FollowUpEngine engine) =>
        [.. engine.Engine.Services.GetRequiredService<IncidentStore>().Open.Where(open => open.Kind == IncidentKind.ComplaintCluster)];
}
