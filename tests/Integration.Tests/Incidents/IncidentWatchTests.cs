using Integration.Core.Audit;
using Integration.Core.Incidents;

namespace Integration.Tests.Incidents;

/// <summary>One incident when it begins, now and then a word while it goes on, one when it is over.</summary>
public sealed class IncidentWatchTests
{
    private static readonly Observation Away =
        Observation.Bad(IncidentKind.DestinationAway, "destinations/crm", null, TimeSpan.FromMinutes(5), ("waiting", "7"), ("reason", "Connection refused."));

    private static readonly Observation Back = Observation.Good(IncidentKind.DestinationAway, "destinations/crm");

    [Fact]
    public async Task LookAsync_TroubleThatLasts_IsOneIncidentWithOneEventAndOneRecovery()
    {
        await using var engine = await IncidentEngine.StartAsync();

        await engine.LookForAsync(TimeSpan.FromMinutes(30), Away);
        var open = Assert.Single(await engine.AllAsync());
        await engine.LookForAsync(TimeSpan.FromMinutes(10), Back);

        Assert.Equal((IncidentState.Open, 1, 1), (open.State, open.Occurrences, open.Notices));
        Assert.Equal(("crm cannot be reached; 7 deliveries wait. Connection refused.", "7"), (open.En.Text, open.Facts["waiting"]));
        Assert.Equal("无法送达 crm，7 条待投递。Connection refused.", open.Zh.Text);
        var over = Assert.Single(await engine.AllAsync());
        Assert.Equal(IncidentState.Recovered, over.State);
        Assert.InRange(over.Recovered!.Value - over.Since, TimeSpan.FromMinutes(30) - TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(30) + TimeSpan.FromSeconds(10));
        Assert.Equal(["incident.opened", "incident.recovered"], await engine.EventsAsync());
    }

    [Fact]
    public async Task LookAsync_FiftyFlaps_AreOneIncidentAndOneRecovery()
    {
        await using var engine = await IncidentEngine.StartAsync();

        for (var flap = 0; flap < 50; flap++)
        {
            await engine.LookForAsync(TimeSpan.FromSeconds(30), Away);
            await engine.LookForAsync(TimeSpan.FromSeconds(30), Back);
        }

        var open = Assert.Single(await engine.AllAsync());
        Assert.Equal((IncidentState.Open, 50), (open.State, open.Occurrences));
        await engine.LookForAsync(TimeSpan.FromMinutes(5), Back);
        Assert.Equal(["incident.opened", "incident.recovered"], await engine.EventsAsync());
    }

    [Fact]
    public async Task LookAsync_AnotherProcess_NeitherForgetsNorDoublesIt()
    {
        await using var engine = await IncidentEngine.StartAsync();
        await engine.LookForAsync(TimeSpan.FromMinutes(10), Away);

        await using var restarted = engine.Another();
        await restarted.LookForAsync(TimeSpan.FromMinutes(10), Away);
        await engine.LookForAsync(TimeSpan.FromMinutes(1), Away);
        Assert.Single(await engine.AllAsync());
        await restarted.LookForAsync(TimeSpan.FromMinutes(5), Back);
        await engine.LookForAsync(TimeSpan.FromMinutes(5), Back);

        Assert.Equal(IncidentState.Recovered, Assert.Single(await engine.AllAsync()).State);
        Assert.Equal(["incident.opened", "incident.recovered"], await engine.EventsAsync());
    }

    [Fact]
    public async Task LookAsync_ManyProcessesAtOnce_OpenOne()
    {
        await using var engine = await IncidentEngine.StartAsync();
        var others = Enumerable.Range(0, 8).Select(_ => engine.Another()).ToList();
        foreach (var other in others)
        {
            other.Watcher.Seen = [Away with { After = TimeSpan.Zero }];
        }

        await Task.WhenAll(others.Select(other => Task.Run(async () => await other.Watch.LookAsync(CancellationToken.None), TestContext.Current.CancellationToken)));

        Assert.Single(await engine.AllAsync());
        Assert.Equal(["incident.opened"], await engine.EventsAsync());
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task LookAsync_NobodyAcknowledges_RepeatsAndEscalates()
    {
        await using var engine = await IncidentEngine.StartAsync(("Incidents:Repeat", "01:00:00"), ("Incidents:EscalateAfter", "2"));

        await engine.LookForAsync(TimeSpan.FromMinutes(135), Away);

        var open = Assert.Single(await engine.AllAsync());
        Assert.Equal((3, true), (open.Notices, open.IsEscalated));
        Assert.Equal(["incident.opened", "incident.repeated", "incident.repeated"], await engine.EventsAsync());
        Assert.Equal([false, false, true], (await engine.EventDocumentsAsync()).Select(e => (bool)e.Data["isEscalated"]!));
    }

    [Fact]
    public async Task AcknowledgeAsync_WithReason_EndsTheRepeatsAndStandsInTheAudit()
    {
        await using var engine = await IncidentEngine.StartAsync(("Incidents:Repeat", "01:00:00"));
        await engine.LookForAsync(TimeSpan.FromMinutes(10), Away);
        var id = Assert.Single(await engine.AllAsync()).Id;

        var acknowledged = await engine.Incidents.AcknowledgeAsync(id, "wang", "Vendor is called.", CancellationToken.None);
        await engine.LookForAsync(TimeSpan.FromHours(3), Away);
        await engine.LookForAsync(TimeSpan.FromMinutes(5), Back);

        Assert.Equal(("wang", "Vendor is called."), (acknowledged!.Acknowledged!.Actor, acknowledged.Acknowledged.Reason));
        Assert.Equal(["incident.opened", "incident.recovered"], await engine.EventsAsync());
        var (entries, _) = await new AuditTrail(engine.Store, engine.Clock).SearchAsync(new AuditSearch(Target: id), CancellationToken.None);
        Assert.Equal((AuditActions.AcknowledgeIncident, "wang"), (Assert.Single(entries).Action, entries[0].Actor));
    }

    [Fact]
    public async Task MuteAsync_UntilATime_SilencesTheNextOneTooAndTellsItThen()
    {
        await using var engine = await IncidentEngine.StartAsync();
        await engine.LookForAsync(TimeSpan.FromMinutes(10), Away);
        var id = Assert.Single(await engine.AllAsync()).Id;

        await engine.Incidents.MuteAsync(id, engine.Clock.GetUtcNow().AddHours(1), "wang", "Moving the server.", CancellationToken.None);
        await engine.LookForAsync(TimeSpan.FromMinutes(10), Back);
        await engine.LookForAsync(TimeSpan.FromMinutes(30), Away);
        var muted = (await engine.AllAsync())[0];
        Assert.Equal((IncidentState.Open, 0, "wang"), (muted.State, muted.Notices, muted.Muted!.Actor));
        Assert.Equal(["incident.opened", "incident.recovered"], await engine.EventsAsync());

        await engine.LookForAsync(TimeSpan.FromMinutes(30), Away);

        Assert.Equal(["incident.opened", "incident.recovered", "incident.opened"], await engine.EventsAsync());
    }

    [Fact]
    public async Task LookAsync_SilentFeed_TellsOfTheFeedToo()
    {
        await using var engine = await IncidentEngine.StartAsync();

        await engine.LookForAsync(TimeSpan.FromMinutes(1), Observation.Bad(IncidentKind.FeedSilent, "feeds/his", null, TimeSpan.Zero, ("minutes", "22")));
        await engine.LookForAsync(TimeSpan.FromMinutes(5), Observation.Good(IncidentKind.FeedSilent, "feeds/his"));

        Assert.Equal(["incident.opened", "feed.silent", "incident.recovered", "feed.recovered"], await engine.EventsAsync());
        var silent = (await engine.EventDocumentsAsync())[1];
        Assert.Equal(("feeds/his", "his"), (silent.Subject, silent.Feed));
    }

    [Fact]
    public async Task LookAsync_SubjectNoLongerConfigured_EndsItsIncident()
    {
        await using var engine = await IncidentEngine.StartAsync();
        await engine.LookForAsync(TimeSpan.FromMinutes(10), Away);

        await using var restarted = engine.Another();
        await restarted.LookForAsync(TimeSpan.FromMinutes(5));

        Assert.Equal(IncidentState.Recovered, Assert.Single(await engine.AllAsync()).State);
    }

    [Fact]
    public async Task LookAsync_StoreAway_IsWrittenDownWhenItIsBack()
    {
        await using var engine = await IncidentEngine.StartAsync();
        var away = Observation.Bad(IncidentKind.StoreAway, "store", null, TimeSpan.FromSeconds(30), ("reason", "The disk is full."));

        engine.Store.Away = true;
        await engine.LookForAsync(TimeSpan.FromMinutes(10), away);
        engine.Store.Away = false;
        await engine.LookForAsync(TimeSpan.FromMinutes(5), Observation.Good(IncidentKind.StoreAway, "store"));

        var incident = Assert.Single(await engine.AllAsync());
        Assert.Equal((IncidentState.Recovered, "The store cannot be read. The disk is full."), (incident.State, incident.En.Text));
        Assert.InRange(incident.Recovered!.Value - incident.Since, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11));
        Assert.Equal(["incident.opened", "incident.recovered"], await engine.EventsAsync());
    }

    [Fact]
    public async Task SearchAsync_OpenAndOver_ShowsOpenOnesFirstAndPages()
    {
        await using var engine = await IncidentEngine.StartAsync();
        Observation[] all = [.. Enumerable.Range(0, 5).Select(i => Away with { Subject = $"destinations/d{i}", After = TimeSpan.Zero })];
        await engine.LookForAsync(TimeSpan.FromSeconds(10), all);
        await engine.LookForAsync(TimeSpan.FromMinutes(5), [.. all[..2], .. all[2..].Select(one => Observation.Good(one.Kind, one.Subject))]);

        var (first, next) = await engine.Incidents.SearchAsync(new IncidentSearch(Limit: 3), CancellationToken.None);
        var (rest, end) = await engine.Incidents.SearchAsync(new IncidentSearch(Limit: 3, After: next), CancellationToken.None);

        Assert.Equal([IncidentState.Open, IncidentState.Open, IncidentState.Recovered], first.Select(i => i.State));
        Assert.Equal((2, null), (rest.Count, end));
        Assert.Equal(3, (await engine.Incidents.SearchAsync(new IncidentSearch(IncidentState.Recovered), CancellationToken.None)).Incidents.Count);
        Assert.Equal(2, (await engine.Incidents.SearchAsync(new IncidentSearch(IncidentState.Open, IncidentKind.DestinationAway), CancellationToken.None)).Incidents.Count);
        Assert.Single((await engine.Incidents.SearchAsync(new IncidentSearch(Subject: "destinations/d4"), CancellationToken.None)).Incidents);
        Assert.Equal(2, engine.Incidents.Open.Count);
    }
}
