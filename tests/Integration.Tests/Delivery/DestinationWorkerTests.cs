using Integration.Core.Delivery;
using Integration.Core.Diagnostics;

namespace Integration.Tests.Delivery;

/// <summary>What is sent when, by a worker on a clock that the test moves.</summary>
public sealed class DestinationWorkerTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Change_Accepted_IsDoneAndNeverSentAgain()
    {
        await using var host = await DeliveryHost.StartAsync();
        await host.ChangeAsync("P1", "张三");

        await host.SendAsync(Hour);
        await host.SendAsync(Hour);

        var delivery = Assert.Single(await host.DeliveriesAsync());
        Assert.Equal((DeliveryState.Done, 1, "ADT_A08"), (delivery.State, delivery.Attempts, delivery.Trigger));
        Assert.Equal(delivery.ControlId, Assert.Single(host.Peer.Sent).ControlId);
        Assert.Equal(1, host.Outbox.Counts("crm")[DeliveryState.Done]);
    }

    /// <summary>FEATURES row 57: the peer answers after 40 s, the time-out is 30 s.</summary>
    [Fact]
    public async Task SlowPeer_FortySecondsForEachAnswer_GetsAtMostOneRepeatOfEach()
    {
        await using var host = await DeliveryHost.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await host.ChangeAsync($"P{i}", "张三");
        }

        host.Peer.Answer = (_, _, timeout) => host.Peer.AnswerAfter(TimeSpan.FromSeconds(40), timeout);
        await host.SendAsync(TimeSpan.FromHours(2));

        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
        Assert.All(host.Peer.Sent.GroupBy(s => s.ControlId), sent => Assert.InRange(sent.Count(), 1, 2));
        Assert.Equal(21, host.Peer.Sent.Count);   // one was repeated; after it the receiver got the time that it needs
        Assert.Equal(1, host.Worker.Status.Repeats);
    }

    [Fact]
    public async Task TimeOut_PolicyFail_MovesTheMessageAsideAndTheRestGoesOn()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:OnTimeout", "Fail"));
        await host.ChangeAsync("P1", "张三");
        await host.ChangeAsync("P2", "李四");

        host.Peer.Answer = (attempt, _, timeout) => attempt == 1 ? host.Peer.AnswerAfter(TimeSpan.MaxValue, timeout) : new SendResult.Accepted();
        await host.SendAsync(Hour);

        var deliveries = await host.DeliveriesAsync();
        Assert.Equal([(DeliveryState.Failed, DeliveryFailure.TimedOut), (DeliveryState.Done, null)], deliveries.Select(d => (d.State, d.Failure)));

        // It may have arrived: by hand it goes out as the same message.
        var first = host.Peer.Sent[0];
        Assert.Equal(RetryOutcome.Queued, await host.Redelivery.OneAsync(deliveries[0].Id, "tester", CancellationToken.None));
        await host.SendAsync(Hour);
        Assert.Equal(first, host.Peer.Sent[^1]);
    }

    [Fact]
    public async Task Rejected_IsMovedAsideAtOnceAndOthersFlow_ByHandItIsMadeAnew()
    {
        await using var host = await DeliveryHost.StartAsync();
        await host.ChangeAsync("P1", "张三");
        await host.ChangeAsync("P2", "李四");

        host.Peer.Answer = (attempt, _, _) => attempt == 1 ? new SendResult.Rejected("AR unknown ward") : new SendResult.Accepted();
        await host.SendAsync(Hour);

        var rejected = (await host.DeliveriesAsync())[0];
        Assert.Equal((DeliveryState.Failed, DeliveryFailure.Rejected, 1), (rejected.State, rejected.Failure, rejected.Attempts));
        Assert.Equal((IntegrationErrorCode.DestinationRejected, "AR unknown ward"), (rejected.LastError!.Code, rejected.LastError.Text));
        Assert.Equal(2, host.Peer.Sent.Count);

        Assert.Equal(1, await host.Redelivery.RangeAsync(new RedeliverySelection("crm", null, null, WithDone: false), "tester", CancellationToken.None));
        await host.SendAsync(Hour);
        Assert.Equal(host.Peer.Sent[0].Content, host.Peer.Sent[2].Content);
        Assert.NotEqual(host.Peer.Sent[0].ControlId, host.Peer.Sent[2].ControlId);
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
    }

    [Fact]
    public async Task Refused_WaitsLongerEachTime_OthersFlow_ButNotThoseOfTheSamePatient()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Retry:First", "00:00:10"), ("Destinations:crm:Retry:Max", "00:01:00"));
        await host.ChangeAsync("P1", "张三");
        await host.ChangeAsync("P1", "张三丰");
        await host.ChangeAsync("P2", "李四");
        var times = new List<DateTimeOffset>();

        host.Peer.Answer = (attempt, _, _) =>
        {
            times.Add(host.Clock.GetUtcNow());
            return host.Peer.Sent[^1].Content.Contains("张三\"", StringComparison.Ordinal) && times.Count < 7 ? new SendResult.Refused("AE busy") : new SendResult.Accepted();
        };
        await host.SendAsync(Hour);

        Assert.Contains("李四", host.Peer.Sent[1].Content, StringComparison.Ordinal);
        Assert.Contains("张三丰", host.Peer.Sent[^1].Content, StringComparison.Ordinal);
        Assert.Single(host.Peer.Sent, s => s.Content.Contains("张三丰", StringComparison.Ordinal));
        Assert.Equal(CircuitState.Closed, host.Worker.Status.Circuit);
        double[] pauses = [10, 20, 40, 60, 60];
        Assert.Equal(pauses, times.Where((_, i) => i is 0 or (>= 2 and < 7)).Zip(times.Where((_, i) => i is >= 2 and < 7), (a, b) => (b - a).TotalSeconds));
    }

    [Fact]
    public async Task Unreachable_CircuitOpens_OneLineAtTheStartAndOneAtTheEnd_OrderStays()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:CircuitBreaker:Pause", "00:00:30"), ("Destinations:crm:Retry:Max", "00:05:00"));
        for (var i = 0; i < 50; i++)
        {
            await host.ChangeAsync($"P{i}", $"N{i}");
        }

        var back = host.Clock.GetUtcNow() + TimeSpan.FromHours(8);
        host.Peer.Answer = (_, _, _) => host.Clock.GetUtcNow() < back ? new SendResult.Unreachable("crm:6661: refused") : new SendResult.Accepted();
        await host.SendAsync(TimeSpan.FromHours(7));
        var status = host.Worker.Status;
        await host.SendAsync(TimeSpan.FromHours(2));

        Assert.NotEqual(CircuitState.Closed, status.Circuit);
        Assert.NotNull(status.Since);
        Assert.InRange(host.Peer.Sent.Count - 50, 3, 8 * 12 + 10);   // every five minutes, not every time something waits
        Assert.Equal([7001, 7002], host.Log.Entries.Select(e => e.Event.Id));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"N{i}\""), host.Peer.Sent.TakeLast(50).Select(s => s.Content[s.Content.IndexOf("\"N", StringComparison.Ordinal)..][1..].Split('}', ',')[0]));
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
    }

    /// <summary>The clock starts at 08:00 in Shanghai; the windows meet at noon, and the last one reaches past midnight.</summary>
    [Fact]
    public async Task Downtime_NothingIsSentAndNothingIsTold_ThenAllGoesOutInOrder()
    {
        await using var host = await DeliveryHost.StartAsync(
            ("Destinations:crm:Downtime:0", "12:00-13:00"), ("Destinations:crm:Downtime:1", "11:00-12:00"), ("Destinations:crm:Downtime:2", "22:30-05:30"));
        await host.ChangeAsync("P1", "before");
        await host.SendAsync(TimeSpan.Zero);
        host.Clock.Advance(TimeSpan.FromHours(3.5));
        await host.ChangeAsync("P2", "noon");
        host.Peer.Answer = (_, _, _) => new SendResult.Unreachable("refused");

        var comesAgain = await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        var noon = (host.Worker.Status.Circuit, host.Worker.Status.PlannedUntil, host.Peer.Sent.Count);
        host.Worker.TryNow();
        await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        var asked = host.Peer.Sent.Count;
        host.Peer.Answer = (_, _, _) => new SendResult.Accepted();
        await host.SendAsync(TimeSpan.FromHours(2));
        var afternoon = (host.Worker.Status.Circuit, host.Worker.Status.PlannedUntil, host.Peer.Sent.Count);
        host.Clock.Advance(TimeSpan.FromHours(10));
        await host.ChangeAsync("P3", "night");
        await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        var night = (host.Worker.Status.PlannedUntil, host.Peer.Sent.Count);
        await host.SendAsync(TimeSpan.FromHours(7));

        var oneOClock = new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(8));
        Assert.Equal(oneOClock, comesAgain);
        Assert.Equal((CircuitState.Planned, oneOClock, 1), noon);
        Assert.Equal(2, asked);   // by hand, once
        Assert.Equal((CircuitState.Closed, null, 3), afternoon);
        Assert.Equal((new DateTimeOffset(2026, 3, 2, 5, 30, 0, TimeSpan.FromHours(8)), 3), night);
        Assert.Equal(4, host.Peer.Sent.Count);
        Assert.All(await host.DeliveriesAsync(), d => Assert.Equal(DeliveryState.Done, d.State));
        Assert.Empty(host.Log.Entries);
    }

    [Theory]
    [InlineData("22:30", "'22:30' is no window of a day.")]
    [InlineData("8:00-9:00", "'8:00-9:00' is no window of a day.")]
    [InlineData("08:00-08:00", "'08:00-08:00' is no window of a day.")]
    [InlineData("08:00-20:00,20:00-08:00", "The windows leave no time of the day to send at.")]
    public async Task Downtime_ThatCannotBe_IsAProblem(string windows, string text)
    {
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => DeliveryHost.StartAsync(("Destinations:crm:Downtime", windows)));

        Assert.Equal(("Destinations:crm:Downtime", text), (Assert.Single(refused.Problems).Place, refused.Problems[0].Text));
    }

    [Fact]
    public async Task Unreachable_TryNow_DoesNotWaitForTheCircuit()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:CircuitBreaker:Pause", "01:00:00"));
        await host.ChangeAsync("P1", "张三");
        host.Peer.Answer = (attempt, _, _) => attempt <= 3 ? new SendResult.Unreachable("refused") : new SendResult.Accepted();
        await host.SendAsync(TimeSpan.FromMinutes(1));
        var before = host.Peer.Sent.Count;

        host.Worker.TryNow();
        await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);

        Assert.Equal((3, 4), (before, host.Peer.Sent.Count));
    }

    [Fact]
    public async Task TooOld_IsMovedAsideWithoutAnotherAttempt()
    {
        await using var host = await DeliveryHost.StartAsync(("Destinations:crm:Retry:MaxAge", "00:10:00"));
        await host.ChangeAsync("P1", "张三");
        host.Peer.Answer = (_, _, _) => new SendResult.Unreachable("refused");

        await host.SendAsync(TimeSpan.FromHours(1));

        var delivery = Assert.Single(await host.DeliveriesAsync());
        Assert.Equal((DeliveryState.Failed, DeliveryFailure.Expired), (delivery.State, delivery.Failure));
    }

    [Fact]
    public async Task NotBuildable_AtTheHead_IsFailedFromTheStart_OthersFlow_RetryBuildsFromTheRecordOfNow()
    {
        await using var host = await DeliveryHost.StartAsync();
        host.Peer.Unbuildable = "㛃";
        await host.ChangeAsync("P1", "㛃");
        await host.ChangeAsync("P2", "李四");

        await host.SendAsync(Hour);

        var failed = (await host.DeliveriesAsync())[0];
        Assert.Equal((DeliveryState.Failed, DeliveryFailure.NotBuilt, 0), (failed.State, failed.Failure, failed.Attempts));
        Assert.Equal("PID-5[1].1", failed.LastError!.Place);
        Assert.Contains("李四", Assert.Single(host.Peer.Sent).Content, StringComparison.Ordinal);

        host.Peer.Unbuildable = null;
        await host.Redelivery.OneAsync(failed.Id, "tester", CancellationToken.None);
        await host.SendAsync(Hour);
        Assert.Contains("㛃", host.Peer.Sent[1].Content, StringComparison.Ordinal);
        Assert.Equal(RetryOutcome.AlreadyDone, await host.Redelivery.OneAsync(failed.Id, "tester", CancellationToken.None));
    }

    [Fact]
    public async Task Retry_OfWhatIsBuiltAnew_KnowsWhatWasBeforeTheChange()
    {
        await using var host = await DeliveryHost.StartAsync();
        await host.ChangeAsync("P1", "王五");
        await host.SendAsync(Hour);
        Assert.Null(host.Peer.Before);
        host.Peer.Unbuildable = "㛃";
        await host.ChangeAsync("P1", "㛃");
        await host.SendAsync(Hour);
        await host.ChangeAsync("P1", "赵六");
        await host.SendAsync(Hour);

        var failed = (await host.DeliveriesAsync()).Single(d => d.Failure == DeliveryFailure.NotBuilt);
        await host.Redelivery.OneAsync(failed.Id, "tester", CancellationToken.None);
        await host.SendAsync(Hour);

        Assert.Contains("王五", host.Peer.Before, StringComparison.Ordinal);
        Assert.Contains("赵六", host.Peer.Sent[^1].Content, StringComparison.Ordinal);
    }

    /// <summary>asks 3: a queue of 1,001 loses none.</summary>
    [Fact]
    public async Task Backlog_OfMoreThanAnyPage_IsAllDeliveredInOrder_AcrossARestart()
    {
        await using var host = await DeliveryHost.StartAsync();
        for (var i = 0; i < 1001; i++)
        {
            await host.ChangeAsync($"P{i % 7}", $"N{i}");
        }

        host.Peer.Answer = (attempt, _, _) => attempt == 500 ? new SendResult.Unreachable("broke") : new SendResult.Accepted();
        for (var step = 0; step < 8; step++)
        {
            await host.Worker.StepAsync(CancellationToken.None, CancellationToken.None);
        }

        host.NewWorker();
        await host.SendAsync(TimeSpan.FromDays(1));

        Assert.Equal(1001, host.Outbox.Counts("crm")[DeliveryState.Done]);
        Assert.Equal(0, host.Outbox.Counts("crm")[DeliveryState.Waiting]);
        Assert.Equal(1002, host.Peer.Sent.Count);
        Assert.Equal(1001, host.Peer.Sent.DistinctBy(s => s.ControlId).Count());
    }
}
