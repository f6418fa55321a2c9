using Integration.Core.Audit;
using Integration.Core.Delivery;
using Integration.Core.FollowUps.Sweeping;
using Integration.Core.FollowUps.Work;
using Integration.Core.Messaging.Answers;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Records;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Messaging;

/// <summary>What providers and patients answer, and what the engine makes of it.</summary>
public sealed class MessageAnswersTests
{
    private const string Now = "2026-03-16 10:00";

    [Fact]
    public async Task Receipt_Delivered_IsNotedOnceHoweverOftenItComes()
    {
        await using var gateway = await SentAsync();

        Assert.Equal([AnswerOutcome.Taken, AnswerOutcome.Taken, AnswerOutcome.Taken], [await ReceiptAsync(gateway, "m1", "ACCEPTD"), await ReceiptAsync(gateway, "m1", "DELIVRD"), await ReceiptAsync(gateway, "m1", "DELIVRD")]);

        Assert.Equal(["sms sent", "sms delivered"], await gateway.AttemptsAsync());
        Assert.Equal((FollowUpState.Done, true), ((await gateway.WorkAsync()).State, (await gateway.WorkAsync()).Attempts[1].Reached));
    }

    [Fact]
    public async Task Receipt_OfWhatWasNeverSent_IsUnknown()
    {
        await using var gateway = await SentAsync();

        Assert.Equal(AnswerOutcome.Unknown, await ReceiptAsync(gateway, "m999", "DELIVRD"));
        Assert.Equal(AnswerOutcome.Unknown, await gateway.Services.GetRequiredService<MessageAnswers>().TakeReceiptAsync("other", Format(gateway), new ProviderReceipt("m1", "DELIVRD", null), CancellationToken.None));
        Assert.Equal(["sms sent"], await gateway.AttemptsAsync());
    }

    [Fact]
    public async Task Receipt_FailedForGood_SendsByTheNextChannel()
    {
        await using var gateway = await SentAsync(withWeChat: true);
        Assert.Equal("/wechat", Assert.Single(gateway.Sent).Path);

        await ReceiptAsync(gateway, "m1", "UNDELIV", "unfollowed");
        await ReceiptAsync(gateway, "m1", "UNDELIV", "unfollowed");
        await gateway.DeliverAsync();

        Assert.Equal(["/wechat", "/sms"], gateway.Sent.Select(sent => sent.Path));
        Assert.Equal(["wechat sent", "wechat failed", "sms sent"], await gateway.AttemptsAsync());
        Assert.Equal("unfollowed", (await gateway.WorkAsync()).Attempts[1].Note);
        Assert.Equal(FollowUpState.Done, (await gateway.WorkAsync()).State);
    }

    [Fact]
    public async Task Receipt_FailedOnTheLastChannel_GivesTheWorkToAPerson()
    {
        await using var gateway = await SentAsync();

        await ReceiptAsync(gateway, "m1", "EXPIRED");
        await gateway.DeliverAsync();

        Assert.Single(gateway.Sent);
        var work = await gateway.WorkAsync();
        Assert.Equal((FollowUpState.Due, FollowUpReasons.NotReached), (work.State, work.Reason));
        Assert.Contains("remind notReached", (await gateway.Engine.EventsAsync("followUp.due")).Select(e => $"{e.Data["mode"]} {e.Data["reason"]}"));
    }

    [Fact]
    public async Task Receipt_FailedAfterDelivered_ChangesNothing()
    {
        await using var gateway = await SentAsync();
        await ReceiptAsync(gateway, "m1", "DELIVRD");

        await ReceiptAsync(gateway, "m1", "UNDELIV");

        Assert.Equal(FollowUpState.Done, (await gateway.WorkAsync()).State);
        Assert.Equal(["sms sent", "sms delivered"], await gateway.AttemptsAsync());
    }

    [Fact]
    public async Task Reply_OptOut_IsAConsentInTheRecordWithEventAndAudit_AndStopsWhatIsDue()
    {
        await using var gateway = await SentAsync("appointment-confirmation", "appointment-reminder");

        await ReplyAsync(gateway, "+86 138-0013-8000", "　退 订。");
        await ReplyAsync(gateway, GatewayEngine.Mobile, "TD");

        var consent = Assert.Single(await ConsentsAsync(gateway));
        Assert.Equal(("deny", "contact", 1), ((string?)consent.Resource["provision"]!["type"], (string?)consent.Resource["category"]![0]!["coding"]![0]!["code"], consent.Version));
        var changed = Assert.Single(await gateway.Engine.EventsAsync("consent.changed"));
        Assert.Equal((consent.Id, consent.PatientId), (changed.Subject, changed.PatientId));
        var audit = await gateway.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Target: consent.Id), CancellationToken.None);
        Assert.Equal(("msg", AuditActions.OptOut), (Assert.Single(audit.Entries).Actor, audit.Entries[0].Action));

        await gateway.Engine.SweepAtAsync("2026-03-17 14:30");
        Assert.Equal("Cancelled 2026-03-17 14:30 optedOut", (await gateway.Engine.LinesAsync("appointment-reminder"))[0]);
    }

    [Fact]
    public async Task Reply_OptOut_KeepsTheSummaryThatTheResourcesMake()
    {
        await using var gateway = await SentAsync();
        await ReplyAsync(gateway, GatewayEngine.Mobile, "退订");
        var id = (await gateway.WorkAsync()).PatientId;

        var stored = Collections.Patients.Read((await gateway.Engine.Engine.Store.GetAsync(Collections.Patients, id, withPayload: false, CancellationToken.None))!);
        var rebuilt = await gateway.Engine.Engine.Summaries.RebuildAsync(id, CancellationToken.None);

        Assert.Equal(1, stored.ResourceCounts["Consent"]);
        Assert.Equal(StorageJson.Write(rebuilt, StorageJson.Default.PatientDocument).ToArray(), StorageJson.Write(stored, StorageJson.Default.PatientDocument).ToArray());
    }

    /// <summary>Who answers marketing goes on to hear of appointments.</summary>
    [Fact]
    public async Task Reply_OptOutOfMarketing_LeavesService()
    {
        await using var gateway = await GatewayEngine.StartAsync(Now);
        gateway.Engine.Keep("appointment-confirmation");
        gateway.Engine.Rules.Swap(new([gateway.Engine.Rules.Current.Rules.All["appointment-confirmation"] with { Category = Core.FollowUps.Rules.ContactCategory.Marketing }], gateway.Engine.Rules.Current.Rules.Days));
        await gateway.BookAsync(Now);
        var patient = (await gateway.Engine.WorkAsync())[0].PatientId;
        await gateway.Engine.PutAsync("""
            {"resourceType":"Consent","id":"c1","status":"active","dateTime":"2026-01-01","category":[{"coding":[{"system":"urn:integration:contact","code":"marketing"}]}],"provision":{"type":"permit"}}
            """, Now, patient);
        await gateway.Engine.SweepAsync();
        await gateway.DeliverAsync();
        Assert.EndsWith("回T退订", (string?)Assert.Single(gateway.Sent).Json!["content"], StringComparison.Ordinal);

        await ReplyAsync(gateway, GatewayEngine.Mobile, "Ｔ");

        var (stored, store) = (Collections.Patients.Read((await gateway.Engine.Engine.Store.GetAsync(Collections.Patients, patient, withPayload: false, CancellationToken.None))!), new ContactConsents(gateway.Engine.Engine.Store));
        Assert.Equal(FollowUpReasons.OptedOut, await store.RefusalAsync(stored, Core.FollowUps.Rules.ContactCategory.Marketing, gateway.Engine.Clock.GetUtcNow(), CancellationToken.None));
        Assert.Null(await store.RefusalAsync(stored, Core.FollowUps.Rules.ContactCategory.Service, gateway.Engine.Clock.GetUtcNow(), CancellationToken.None));
    }

    [Fact]
    public async Task Reply_OptOutOfAPhoneThatAFamilyShares_HoldsForAllOfThem()
    {
        await using var gateway = await SentAsync();
        await gateway.BookAsync(Now, patient: "1002", name: "王^小明");
        await gateway.Engine.SweepAsync();
        await gateway.DeliverAsync();

        await ReplyAsync(gateway, GatewayEngine.Mobile, "N");

        Assert.Equal(2, (await ConsentsAsync(gateway)).Select(consent => consent.PatientId).Distinct().Count());
    }

    [Fact]
    public async Task Reply_OfAnyOtherText_IsACommentOnTheNewestWorkOnce()
    {
        await using var gateway = await SentAsync();

        await ReplyAsync(gateway, GatewayEngine.Mobile, "可以改到下午吗？", "r1");
        await ReplyAsync(gateway, GatewayEngine.Mobile, "可以改到下午吗？", "r1");

        Assert.Equal(("msg r1", "可以改到下午吗？"), (Assert.Single((await gateway.WorkAsync()).Comments).By, (await gateway.WorkAsync()).Comments[0].Text));
        Assert.Empty(await ConsentsAsync(gateway));
        Assert.Equal(AnswerOutcome.Unknown, await gateway.Services.GetRequiredService<MessageAnswers>().TakeReplyAsync("msg", new ProviderReply("13900000000", "退订", null), CancellationToken.None));
    }

    [Theory]
    [InlineData("退订", true)]
    [InlineData(" 退　订 ！", true)]
    [InlineData("td", true)]
    [InlineData("ＴＤ", true)]
    [InlineData("t", true)]
    [InlineData("回T", true)]
    [InlineData("n.", true)]
    [InlineData("Stop", true)]
    [InlineData("不想退订", false)]
    [InlineData("today", false)]
    [InlineData("No", false)]
    [InlineData("", false)]
    public void Is_Text_IsAnOptOutWordAloneOrNot(string text, bool expected) => Assert.Equal(expected, OptOutWords.Is(text));

    [Fact]
    public void Parse_RandomBodies_NeverThrows()
    {
        var random = new Random(20260317);
        string[] pieces = ["{", "}", "[", "]", "\"id\"", ":", ",", "1", "\"a\"", "id=1", "&", "%", "%E4%BD", "+", "status=DELIVRD", "null", "\0", "receipts=[{\"id\":1}]"];
        var format = new ReceiptFormat(JsonPath.Parse("receipts"), JsonPath.Parse("id")!, JsonPath.Parse("status.0")!, ["DELIVRD"], [], null, null);
        var parsed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var body = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)])));
            if (ProviderCallback.Parse(body, isForm: i % 2 == 0) is { } json)
            {
                ProviderCallback.Receipts(json, format);
                ProviderCallback.Receipts(json, format with { List = null });
                parsed++;
            }
        }

        Assert.InRange(parsed, 1000, 19_999);
    }

    private static async Task<GatewayEngine> SentAsync(params string[] rules) => await SentAsync(withWeChat: false, rules);

    private static async Task<GatewayEngine> SentAsync(bool withWeChat, params string[] rules)
    {
        var gateway = await GatewayEngine.StartAsync(Now);
        gateway.Engine.Keep(rules.Length == 0 ? ["appointment-confirmation"] : rules);
        await gateway.BookAsync(Now);
        if (withWeChat)
        {
            await gateway.AddWeChatAsync();
        }

        await gateway.Engine.SweepAsync();
        await gateway.DeliverAsync();
        return gateway;
    }

    private static ReceiptFormat Format(GatewayEngine gateway) =>
        ((IPatientMessageAdapter)Assert.Single(gateway.Services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>()).Adapter).Gateway.Receipts!;

    private static ValueTask<AnswerOutcome> ReceiptAsync(GatewayEngine gateway, string id, string status, string? reason = null) =>
        gateway.Services.GetRequiredService<MessageAnswers>().TakeReceiptAsync("msg", Format(gateway), new ProviderReceipt(id, status, reason), CancellationToken.None);

    private static async Task ReplyAsync(GatewayEngine gateway, string from, string text, string? id = null) => Assert.Equal(
        AnswerOutcome.Taken, await gateway.Services.GetRequiredService<MessageAnswers>().TakeReplyAsync("msg", new ProviderReply(from, text, id), CancellationToken.None));

    private static async Task<List<ResourceDocument>> ConsentsAsync(GatewayEngine gateway)
    {
        var page = await gateway.Engine.Engine.Store.QueryAsync(
            new DocumentQuery(Collections.Resources) { Where = [new DocumentFilter.Equal(Collections.Resources.Field("type"), "Consent")], Limit = 10 }, CancellationToken.None);
        return [.. page.Documents.Select(Collections.Resources.Read)];
    }
}
