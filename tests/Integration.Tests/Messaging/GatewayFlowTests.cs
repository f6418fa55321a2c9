using Integration.Core.Delivery;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Retention;
using Integration.Tests.FollowUps;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Messaging;

/// <summary>From an appointment that is booked to what a provider is asked to send.</summary>
public sealed class GatewayFlowTests
{
    private const string Now = "2026-03-16 10:00";

    [Fact]
    public async Task Send_PatientWithoutWeChat_GoesAsTextMessageWithTheEventForIdempotency()
    {
        await using var gateway = await StartAsync();
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();

        var (path, json, headers) = Assert.Single(gateway.Sent);
        Assert.Equal("/sms", path);
        Assert.Equal(GatewayEngine.Mobile, (string?)json!["to"]);
        Assert.Equal("【东院】王㛃女士您好，您已预约3月18日（周三）14:30心内科门诊李明医生的门诊。", (string?)json["content"]);
        Assert.Equal("Bearer key-1", headers["Authorization"]);
        Assert.Equal($"{(await gateway.DeliveryAsync()).EventId}-sms", headers["Idempotency-Key"]);
        Assert.Equal(DeliveryState.Done, (await gateway.DeliveryAsync()).State);
        Assert.Equal(["sms sent"], await gateway.AttemptsAsync());
    }

    /// <summary>A birthday on the day on which a stay is asked about: the patient gets one text message that says both, signed once.</summary>
    [Fact]
    public async Task Send_TwoRulesOnOneDay_GoAsOneMessage()
    {
        await using var gateway = await GatewayEngine.StartAsync(Now);
        gateway.Engine.Keep("birthday", "discharge-satisfaction");
        await gateway.Engine.SendAsync(
            "ADT^A03", Now, $"PID|1||1001^^^HIS^MR||王^㛃||19800318|F|||||{GatewayEngine.Mobile}",
            $"PV1|1|I|心内科^302^01||||D1001^李^明|||0301^心血管内科|||||||||ZY1{new string('|', 25)}{FollowUpEngine.Stamp("2026-03-01 08:30")}|{FollowUpEngine.Stamp("2026-03-15 10:00")}");
        gateway.Engine.GoTo("2026-03-18 09:00");
        await gateway.Engine.PlanCalendarAsync();
        await gateway.Engine.SweepAtAsync("2026-03-18 10:00");

        await gateway.DeliverAsync();

        Assert.Equal(
            "【东院】王㛃女士您好，祝您生日快乐，健康平安！\n王㛃女士您好，祝您早日康复！诚邀您评价住院服务。", (string?)Assert.Single(gateway.Sent).Json!["content"]);
        Assert.Equal(["birthday sent", "discharge-satisfaction bundled"], (await gateway.Engine.WorkAsync()).Where(work => work.ClosedAt is not null).Select(work => $"{work.Rule} {work.Reason}"));
    }

    /// <summary>Years later nothing is left of it: not the event, not the delivery, not the number it went to.</summary>
    [Fact]
    public async Task Retention_OldMessages_GoWithTheirEvent()
    {
        await using var gateway = await StartAsync();
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();
        await gateway.DeliverAsync();
        var (before, _) = await gateway.Messages.NewestAsync(null, 10, null, CancellationToken.None);
        gateway.Engine.Clock.Advance(TimeSpan.FromDays(800));

        await ActivatorUtilities.CreateInstance<EventPruning>(gateway.Services).PruneAsync(() => ValueTask.CompletedTask, CancellationToken.None);

        Assert.Equal(GatewayEngine.Mobile, Assert.Single(before).To);
        Assert.Empty((await gateway.Messages.NewestAsync(null, 10, null, CancellationToken.None)).Messages);
    }

    [Fact]
    public async Task Send_FirstChannelRejectsForGood_GoesByTheNext()
    {
        await using var gateway = await StartAsync();
        gateway.Answers["/wechat"] = (200, """{"code":40003,"message":"invalid openid"}""");
        await gateway.BookAsync(Now);
        await gateway.AddWeChatAsync();
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();

        Assert.Equal(["/wechat", "/sms"], gateway.Sent.Select(sent => sent.Path));
        Assert.Equal(GatewayEngine.OpenId, (string?)gateway.Sent[0].Json!["openid"]);
        Assert.Equal(["wechat failed", "sms sent"], await gateway.AttemptsAsync());
        Assert.Equal(DeliveryState.Done, (await gateway.DeliveryAsync()).State);
    }

    [Fact]
    public async Task Send_ProviderIsBusy_TriesTheSameChannelAgainWithTheSameBytes()
    {
        await using var gateway = await StartAsync();
        gateway.Answers["/sms"] = (200, """{"code":5000,"message":"later"}""");
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();
        var waiting = await gateway.DeliveryAsync();
        gateway.Answers.Clear();
        gateway.Engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await gateway.DeliverAsync();

        Assert.Equal(DeliveryState.Waiting, waiting.State);
        Assert.Equal(gateway.Sent[0].Json!.ToJsonString(), gateway.Sent[1].Json!.ToJsonString());
        Assert.Equal(gateway.Sent[0].Headers["Idempotency-Key"], gateway.Sent[1].Headers["Idempotency-Key"]);
        Assert.Equal(["sms sent"], await gateway.AttemptsAsync());
    }

    [Fact]
    public async Task Send_NoChannelIsLeft_PersonGetsTheWorkAndARetryTriesAfresh()
    {
        await using var gateway = await StartAsync();
        gateway.Answers["/sms"] = (422, """{"message":"blocked number"}""");
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();

        var work = await gateway.WorkAsync();
        Assert.Equal((FollowUpState.Due, FollowUpReasons.NotReached, FollowUpMode.Remind), (work.State, work.Reason, work.Mode));
        Assert.Equal("blocked number", Assert.Single(work.Attempts).Note);
        Assert.Contains("blocked number", (await gateway.DeliveryAsync()).LastError!.Text, StringComparison.Ordinal);
        var due = (await gateway.Engine.EventsAsync("followUp.due")).Select(e => $"{e.Data["mode"]} {e.Data["reason"]}").Order(StringComparer.Ordinal);
        Assert.Equal(["auto sent", "remind notReached"], due);
        Assert.Equal(DeliveryState.Failed, (await gateway.DeliveryAsync()).State);

        gateway.Answers.Clear();
        await gateway.Outbox.RetryAsync((await gateway.DeliveryAsync()).Id, withDone: true, CancellationToken.None);
        await gateway.DeliverAsync();
        Assert.Equal(["sms failed", "sms sent"], await gateway.AttemptsAsync());
    }

    [Fact]
    public async Task Send_PatientWithoutAnyAddress_PersonGetsTheWorkAndNothingIsSent()
    {
        await using var gateway = await StartAsync();
        await gateway.BookAsync(Now, phone: "01012345678");
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();

        Assert.Empty(gateway.Sent);
        Assert.Equal(FollowUpReasons.NotReached, (await gateway.WorkAsync()).Reason);
        Assert.Equal(DeliveryState.Done, (await gateway.DeliveryAsync()).State);
    }

    [Fact]
    public async Task Send_Attempts_OfTheEngineDoNotUseUpThoseOfAPerson()
    {
        await using var gateway = await StartAsync();
        gateway.Answers["/sms"] = (400, "");
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();
        await gateway.DeliverAsync();
        var id = (await gateway.WorkAsync()).Id;

        for (var i = 0; i < 2; i++)
        {
            await gateway.Engine.Actions.AttemptAsync(id, "nurse", "noAnswer", reached: false, "", "nurse", CancellationToken.None);
        }

        Assert.Equal(FollowUpState.Attempted, (await gateway.WorkAsync()).State);
    }

    [Fact]
    public async Task Sandbox_IsOnUnlessTheSiteSaysOtherwise_AndShowsWhatWouldBeSent()
    {
        await using var gateway = await GatewayEngine.StartAsync(Now, ("Destinations:msg:Sandbox", ""));
        gateway.Engine.Keep("appointment-confirmation");
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();

        Assert.Empty(gateway.Sent);
        Assert.Equal(DeliveryState.Captured, (await gateway.DeliveryAsync()).State);
        var content = await gateway.ContentAsync();
        Assert.Equal("noAddress", (string?)content["channels"]![0]!["skipped"]);
        Assert.Equal(GatewayEngine.Mobile, (string?)content["channels"]![1]!["to"]);
        Assert.Contains("王㛃女士", (string?)content["channels"]![1]!["text"], StringComparison.Ordinal);
        Assert.Empty((await gateway.WorkAsync()).Attempts);
    }

    [Fact]
    public async Task Send_RareNameBeyondTheBasicPlane_ArrivesAsItIs()
    {
        await using var gateway = await StartAsync();
        await gateway.BookAsync(Now, name: "𠮷^𬎆");
        await gateway.Engine.SweepAsync();

        await gateway.DeliverAsync();

        Assert.StartsWith("【东院】𠮷𬎆女士您好", (string?)Assert.Single(gateway.Sent).Json!["content"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_DeliveryThatComesAgain_IsNotSentASecondTime()
    {
        await using var gateway = await StartAsync();
        await gateway.BookAsync(Now);
        await gateway.Engine.SweepAsync();
        await gateway.DeliverAsync();
        var done = await gateway.DeliveryAsync();

        await gateway.Outbox.RetryAsync(done.Id, withDone: true, CancellationToken.None);
        await gateway.DeliverAsync();

        Assert.Single(gateway.Sent);
        Assert.Equal(DeliveryState.Done, (await gateway.DeliveryAsync()).State);
    }

    private static async Task<GatewayEngine> StartAsync()
    {
        var gateway = await GatewayEngine.StartAsync(Now);
        gateway.Engine.Keep("appointment-confirmation");
        return gateway;
    }
}
