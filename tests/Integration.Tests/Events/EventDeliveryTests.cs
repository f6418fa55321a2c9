using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Storage;
using Integration.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Events;

/// <summary>Events on their way to a destination that answers as the test says.</summary>
public sealed class EventDeliveryTests
{
    private static readonly (string, string) All = ("Destinations:crm:Events", "*");
    private static readonly (string, string) Steady = ("Destinations:crm:Retry:Jitter", "0");

    [Fact]
    public async Task Events_ThatAreWanted_GoOutOnceAndPlain()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Events", "encounter.*,patient.registered"), Steady);
        var message = await AdmitAsync(host, "P1", "A01", 1);
        await host.SendAsync(TimeSpan.FromHours(1));
        Assert.True(await host.Journal.RequestReplayAsync(message, CancellationToken.None));
        await host.RunWaitingAsync();
        await host.SendAsync(TimeSpan.FromHours(1));

        Assert.Equal(["patient.registered", "encounter.started"], Types(host));
        Assert.All(host.Peer.Sent, sent => Assert.Equal(sent.ControlId, (string)JsonNode.Parse(sent.Content)!["id"]!));
        Assert.DoesNotContain("心内科", host.Peer.Sent[1].Content, StringComparison.Ordinal);
        Assert.DoesNotContain("V-P1", host.Peer.Sent[1].Content, StringComparison.Ordinal);
        Assert.Equal("in-progress", (string)JsonNode.Parse(host.Peer.Sent[1].Content)!["data"]!["status"]!);
    }

    [Fact]
    public async Task Events_WithAGrant_HoldWhatItCovers()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Events", "encounter.started"), ("Destinations:crm:Grants", "Clinical"), Steady);
        await AdmitAsync(host, "P1", "A01", 1);
        await host.SendAsync(TimeSpan.FromHours(1));

        Assert.Contains("心内科", Assert.Single(host.Peer.Sent).Content, StringComparison.Ordinal);
        Assert.DoesNotContain("V-P1", host.Peer.Sent[0].Content, StringComparison.Ordinal);
    }

    /// <summary>A destination that is away for a day gets everything afterwards: each id once, each patient's in order.</summary>
    [Fact]
    public async Task Destination_AwayForADay_GetsAllInOrderAfterwards()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady);
        host.Peer.Answer = (_, _, _) => new SendResult.Unreachable("refused");
        for (var i = 1; i <= 5; i++)
        {
            await AdmitAsync(host, $"P{i}", "A01", i);
            await AdmitAsync(host, $"P{i}", "A03", i + 10);
            await host.SendAsync(TimeSpan.FromHours(5));
        }

        host.Peer.Sent.Clear();
        host.Peer.Answer = (_, _, _) => new SendResult.Accepted();
        await host.SendAsync(TimeSpan.FromHours(2));

        Assert.Equal(15, host.Peer.Sent.Count);
        Assert.Equal(15, host.Peer.Sent.Select(s => s.ControlId).Distinct().Count());
        Assert.All(
            host.Peer.Sent.Select(s => JsonNode.Parse(s.Content)!).GroupBy(e => (string)e["partitionkey"]!),
            ofPatient => Assert.Equal(["patient.registered", "encounter.started", "encounter.ended"], ofPatient.Select(e => (string)e["type"]!)));
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
    }

    [Fact]
    public async Task Refusal_HoldsUpItsPatientAlone()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady, ("Destinations:crm:Retry:First", "00:10:00"), ("Destinations:crm:Retry:Max", "00:10:00"));
        await AdmitAsync(host, "P1", "A01", 1);
        await AdmitAsync(host, "P2", "A01", 2);
        var stuck = (await host.DeliveriesAsync())[0];
        host.Peer.Answer = (_, id, _) => id == stuck.EventId && host.Clock.GetUtcNow() < stuck.Created.AddMinutes(5) ? new SendResult.Refused("not now") : new SendResult.Accepted();

        await host.SendAsync(TimeSpan.FromMinutes(4));
        var early = await host.DeliveriesAsync();
        await host.SendAsync(TimeSpan.FromHours(1));

        Assert.All(early, d => Assert.Equal(d.PatientId == stuck.PatientId ? DeliveryState.Waiting : DeliveryState.Done, d.State));
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
    }

    [Fact]
    public async Task Busy_NothingIsSentUntilThePauseIsOver()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady);
        await AdmitAsync(host, "P1", "A01", 1);
        await AdmitAsync(host, "P2", "A01", 2);
        host.Peer.Answer = (n, _, _) => n == 1 ? new SendResult.Busy(TimeSpan.FromMinutes(20), "HTTP 429") : new SendResult.Accepted();
        var began = host.Clock.GetUtcNow();

        await host.SendAsync(TimeSpan.FromMinutes(19));
        var held = (host.Peer.Sent.Count, host.Worker.Status.Circuit);
        await host.SendAsync(TimeSpan.FromHours(1));

        Assert.True(held.Count is >= 1 and <= 4, "Those on their way at that moment, and none after them.");
        Assert.Equal(CircuitState.Closed, held.Circuit);
        Assert.True(host.Clock.GetUtcNow() >= began.AddMinutes(20));
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
    }

    [Fact]
    public async Task Gone_PausesTheDestination_AndALookByHandGoesOn()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady, ("Destinations:crm:Parallel", "1"));
        await AdmitAsync(host, "P1", "A01", 1);
        host.Peer.Answer = (_, _, _) => new SendResult.Gone("HTTP 410");

        var began = host.Clock.GetUtcNow();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        var comesAgain = await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        var (sent, circuit) = (host.Peer.Sent.Count, host.Worker.Status.Circuit);
        host.Peer.Answer = (_, _, _) => new SendResult.Accepted();
        host.Worker.TryNow();
        await host.SendAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((1, CircuitState.Open, began.AddHours(1).AddSeconds(1)), (sent, circuit, comesAgain));
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
    }

    [Fact]
    public async Task Sandbox_CapturesWhatWouldBeSent_AndSendsItWhenAskedForOutside()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady, ("Destinations:crm:Sandbox", "true"));
        await AdmitAsync(host, "P1", "A01", 1);
        await host.SendAsync(TimeSpan.FromHours(1));
        var captured = await host.DeliveriesAsync();

        Assert.Empty(host.Peer.Sent);
        Assert.All(captured, d => Assert.Equal(DeliveryState.Captured, d.State));
        var kept = await host.Outbox.GetAsync(captured[0].Id, withContent: true, CancellationToken.None);
        Assert.Equal(captured[0].EventId, (string)JsonNode.Parse(kept!.Delivery.Content.Span)!["id"]!);
        Assert.Equal(captured.Count, host.Outbox.Counts("crm")[DeliveryState.Captured]);
    }

    [Fact]
    public async Task Range_OfDoneEvents_GoesOutAgainInOrderAndIsAudited()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady);
        await AdmitAsync(host, "P1", "A01", 1);
        host.Clock.Advance(TimeSpan.FromHours(1));
        var from = host.Clock.GetUtcNow();
        await AdmitAsync(host, "P1", "A03", 2);
        await host.SendAsync(TimeSpan.FromMinutes(1));
        var firstTime = host.Peer.Sent.Select(s => s.ControlId).ToList();
        host.Peer.Sent.Clear();

        var none = await host.Redelivery.RangeAsync(new RedeliverySelection("crm", from, null, WithDone: false), "li", CancellationToken.None);
        var again = await host.Redelivery.RangeAsync(new RedeliverySelection("crm", from, null, WithDone: true), "li", CancellationToken.None);
        await host.SendAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((0, 1), (none, again));
        Assert.Equal([firstTime[^1]], host.Peer.Sent.Select(s => s.ControlId));
        var (entries, _) = await host.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Target: "crm"), CancellationToken.None);
        Assert.Equal([("li", AuditActions.Redeliver), ("li", AuditActions.Redeliver)], entries.Select(e => (e.Actor, e.Action)));
    }

    [Fact]
    public async Task Expired_EventsAreMovedAsideAfterSeventyTwoHours_AndRedeliveredInOrder()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady);
        await AdmitAsync(host, "P1", "A01", 1);
        host.Peer.Answer = (_, _, _) => new SendResult.Unreachable("refused");
        await host.SendAsync(TimeSpan.FromHours(71));
        var before = (await host.DeliveriesAsync()).Select(d => d.State).Distinct().ToList();
        host.Clock.Advance(TimeSpan.FromHours(2));
        await host.SendAsync(TimeSpan.FromHours(1));
        var after = (await host.DeliveriesAsync()).Select(d => (d.State, d.Failure)).Distinct().ToList();
        host.Peer.Answer = (_, _, _) => new SendResult.Accepted();
        host.Peer.Sent.Clear();
        await host.Redelivery.RangeAsync(new RedeliverySelection("crm", null, null, WithDone: false), "li", CancellationToken.None);
        host.Worker.TryNow();
        await host.SendAsync(TimeSpan.FromHours(1));

        Assert.Equal([DeliveryState.Waiting], before);
        Assert.Equal([(DeliveryState.Failed, DeliveryFailure.Expired)], after);
        Assert.Equal(["patient.registered", "encounter.started"], Types(host));
    }

    [Theory]
    [InlineData("Destinations:crm:Events", "appointments.*", "There is no event 'appointments.*'.")]
    [InlineData("Destinations:crm:Grants", "All", "There is no category 'All'.")]
    [InlineData("Destinations:crm:Parallel", "9", "It must be a whole number from 1 to 8.")]
    [InlineData("Delivery:Sandbox", "Sometimes", "There is no 'Sometimes'.")]
    [InlineData("Events:Source", "hospital", "It must be an absolute URI.")]
    [InlineData("Events:Sources", "x", "There is no such setting.")]
    public async Task Setting_ThatCannotBeUsed_IsAProblem(string key, string value, string text)
    {
        var settings = key == All.Item1 ? new[] { (key, value) } : [All, (key, value)];
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => DeliveryHost.StartAsync(settings));

        Assert.Equal(text, Assert.Single(refused.Problems).Text);
    }

    [Fact]
    public async Task Event_AndItsDelivery_AreCommittedWithTheChangeOrNotAtAll()
    {
        await using var host = await DeliveryHost.StartAsync(All, Steady);
        await AdmitAsync(host, "P1", "A01", 1);

        var events = await host.Store.EventsAsync();
        var deliveries = await host.DeliveriesAsync();
        Assert.Equal(events.Select(e => e.Id), deliveries.Select(d => d.EventId));
        var record = await host.Store.GetAsync(Collections.Resources, events[1].Subject, withPayload: false, CancellationToken.None);
        Assert.NotNull(record);
    }

    private static IEnumerable<string> Types(DeliveryHost host) => host.Peer.Sent.Select(s => (string)JsonNode.Parse(s.Content)!["type"]!);

    private static Task<string> AdmitAsync(DeliveryHost host, string patient, string trigger, int minute) => host.RunAsync(
        $"MSH|^~\\&|HIS|EAST|||20260301{minute:00}0000||ADT^{trigger}|{trigger}{patient}|P|2.5.1||||||UNICODE UTF-8", $"EVN|{trigger}|20260301{minute:00}0000",
        $"PID|1||{patient}^^^HIS||张三", $"PV1|1|I|心内科^302^01||||||||||||||||V-{patient}");
}
