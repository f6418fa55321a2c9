using Integration.Core.FollowUps.Sweeping;
using Integration.Core.FollowUps.Work;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FollowUps.Sweeping;

/// <summary>What is asked again when the time has come, and what becomes of work when nobody looked in time.</summary>
public sealed class DueSweepTests
{
    private const string Auto = """
        title: { en: a, zh: b }
        on: [operation.done]
        resource: Procedure
        when: status = 'completed'
        due: 1 day after event
        window: 09:00-20:00
        mode: auto
        channels: [sms]
        team: t
        """;

    private const string Procedure = """{"resourceType":"Procedure","id":"1","status":"completed"}""";

    [Fact]
    public async Task RunAsync_NothingChanged_Tells()
    {
        await using var engine = await PlannedAsync(Auto);

        var report = await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(new SweepReport(1, 1, 0), report);
        Assert.Equal(["Done 2026-03-17 10:00 sent"], await engine.LinesAsync());
        var e = Assert.Single(await engine.EventsAsync("followUp.due"));
        Assert.Equal(("rule", "sms", "P1"), ((string)e.Data["rule"]!, (string)e.Data["channels"]![0]!, e.PatientId));
    }

    [Fact]
    public async Task RunAsync_Twice_TellsOnce()
    {
        await using var engine = await PlannedAsync(Auto);

        await engine.SweepAtAsync("2026-03-17 10:00");
        var again = await engine.SweepAsync();

        Assert.Equal(0, again.Looked);
        Assert.Single(await engine.EventsAsync("followUp.due"));
    }

    /// <summary>Two engines look at the same moment: one commit wins, the other finds nothing to do.</summary>
    [Fact]
    public async Task RunAsync_SeveralAtOnce_TellsEachOnce()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Use(Auto);
        for (var i = 0; i < 50; i++)
        {
            await engine.HitAsync("operation.done", Procedure.Replace("\"1\"", $"\"{i}\"", StringComparison.Ordinal), "2026-03-16 10:00", $"P{i}");
        }

        engine.GoTo("2026-03-17 10:00");
        var sweep = engine.Engine.Services.GetRequiredService<DueSweep>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await sweep.RunAsync(CancellationToken.None))));
        await engine.SweepAsync();

        Assert.Equal(50, (await engine.EventsAsync("followUp.due")).Select(e => e.Id).Distinct().Count());
        Assert.Equal(50, (await engine.EventsAsync("followUp.due")).Count);
        Assert.All(await engine.WorkAsync(), work => Assert.Equal(FollowUpState.Done, work.State));
    }

    [Theory]
    [InlineData("""{"resourceType":"Procedure","id":"1","status":"entered-in-error"}""", FollowUpReasons.ConditionGone)]
    [InlineData("""{"resourceType":"Consent","id":"1","status":"active","category":[{"coding":[{"system":"urn:integration:contact","code":"contact"}]}],"provision":{"type":"deny"}}""", FollowUpReasons.OptedOut)]
    public async Task RunAsync_RecordChanged_Cancels(string resource, string reason)
    {
        await using var engine = await PlannedAsync(Auto);
        await engine.PutAsync(resource, "2026-03-16 12:00");

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal([$"Cancelled 2026-03-17 10:00 {reason}"], await engine.LinesAsync());
        Assert.Empty(await engine.EventsAsync("followUp.due"));
    }

    [Fact]
    public async Task RunAsync_PatientDead_Cancels()
    {
        await using var engine = await PlannedAsync(Auto);
        await ChangePatientAsync(engine, patient => patient with { Demographics = patient.Demographics with { Deceased = true } });

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(["Cancelled 2026-03-17 10:00 deceased"], await engine.LinesAsync());
    }

    [Fact]
    public async Task RunAsync_RuleGone_Cancels()
    {
        await using var engine = await PlannedAsync(Auto);
        engine.Use(Auto, "other");

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(["Cancelled 2026-03-17 10:00 ruleGone"], await engine.LinesAsync());
    }

    [Fact]
    public async Task RunAsync_ResourceGone_Cancels()
    {
        await using var engine = await PlannedAsync(Auto);
        var batch = new WriteBatch();
        batch.Add(Collections.Resources.Delete("Procedure/1"));
        await engine.Engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(["Cancelled 2026-03-17 10:00 recordGone"], await engine.LinesAsync());
    }

    /// <summary>What the rule asks of the record cannot be asked of it: no endless tries, and an operator sees it.</summary>
    [Fact]
    public async Task RunAsync_ExpressionFails_Dies()
    {
        await using var engine = await PlannedAsync(Auto.Replace("when: status = 'completed'", "when: status = 'completed' and (note.text = 'x' or note.empty() or note.text)", StringComparison.Ordinal));
        await engine.PutAsync("""{"resourceType":"Procedure","id":"1","status":"completed","note":[{"text":"a"},{"text":"b"}]}""", "2026-03-16 12:00");

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal(["Dead 2026-03-17 10:00 ruleFailed"], await engine.LinesAsync());
    }

    [Theory]
    [InlineData("permit", "Done 2026-03-17 10:00 sent")]
    [InlineData("deny", "Cancelled 2026-03-17 10:00 optedOut")]
    [InlineData(null, "Cancelled 2026-03-17 10:00 noConsent")]
    public async Task RunAsync_Marketing_NeedsConsent(string? consent, string expected)
    {
        await using var engine = await PlannedAsync(Auto + "\ncategory: marketing");
        if (consent is not null)
        {
            await engine.PutAsync(
                "{\"resourceType\":\"Consent\",\"id\":\"1\",\"status\":\"active\",\"dateTime\":\"2026-03-01\",\"category\":[{\"coding\":[{\"system\":\"urn:integration:contact\",\"code\":\"marketing\"}]}],\"provision\":{\"type\":\""
                + consent + "\"}}", "2026-03-16 12:00");
        }

        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Equal([expected], await engine.LinesAsync());
    }

    /// <summary>Nobody is written to in the night: what waited goes in the morning.</summary>
    [Fact]
    public async Task RunAsync_AtNight_Waits()
    {
        await using var engine = await PlannedAsync(Auto);

        await engine.SweepAtAsync("2026-03-17 23:30");
        Assert.Equal(["Planned 2026-03-17 10:00"], await engine.LinesAsync());
        await engine.SweepAtAsync("2026-03-18 09:00");

        Assert.Equal(["Done 2026-03-17 10:00 sent"], await engine.LinesAsync());
    }

    /// <summary>Three days without the engine: late is told, skipped is not, asked goes to a person; what is forgotten is not even told late.</summary>
    [Theory]
    [InlineData("catchUp: late", "Done 2026-03-17 10:00 sent")]
    [InlineData("catchUp: skip", "Cancelled 2026-03-17 10:00 missed")]
    [InlineData("catchUp: ask", "Due 2026-03-17 10:00 late")]
    [InlineData("catchUp: { policy: late, forget: 2 days }", "Cancelled 2026-03-17 10:00 tooLate")]
    [InlineData("catchUp: { policy: skip, within: 4 days }", "Done 2026-03-17 10:00 sent")]
    public async Task RunAsync_ThreeDaysOfDowntime_FollowsTheRule(string policy, string expected)
    {
        await using var engine = await PlannedAsync($"{Auto}\n{policy}");

        await engine.SweepAtAsync("2026-03-20 10:00");

        Assert.Equal([expected], await engine.LinesAsync());
    }

    /// <summary>The clock goes back after work was done, and forward over it: each piece is told once.</summary>
    [Fact]
    public async Task RunAsync_ClockJumps_TellsOnce()
    {
        await using var engine = await PlannedAsync(Auto);
        await engine.SweepAtAsync("2026-03-17 10:00");

        await engine.SweepAtAsync("2026-03-16 10:00");
        await engine.SweepAtAsync("2027-03-17 10:00");
        await engine.SweepAtAsync("2026-03-17 10:00");

        Assert.Single(await engine.EventsAsync("followUp.due"));
    }

    /// <summary>By the zone of the hospital, whatever that of the machine: over the change of the clocks the call stays at ten.</summary>
    [Theory]
    [InlineData("America/New_York", "2026-03-07T15:00:00Z", "2026-03-08T14:00:00Z")]
    [InlineData("America/New_York", "2026-10-31T14:00:00Z", "2026-11-01T15:00:00Z")]
    [InlineData("Asia/Shanghai", "2026-03-07T02:00:00Z", "2026-03-08T02:00:00Z")]
    public async Task RunAsync_OverTheChangeOfClocks_IsDueAtTheSameHour(string zone, string from, string due)
    {
        var start = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture);
        await using var engine = await FollowUpEngine.StartAsync(FollowUpEngine.Local(start), ("Engine:TimeZone", zone));
        engine.Use(Auto);
        await engine.HitAsync("operation.done", Procedure, FollowUpEngine.Local(start));

        var work = Assert.Single(await engine.WorkAsync());
        Assert.Equal(DateTimeOffset.Parse(due, System.Globalization.CultureInfo.InvariantCulture), work.DueAt);
        engine.Clock.Advance(work.DueAt - engine.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        await engine.SweepAsync();
        Assert.Empty(await engine.EventsAsync("followUp.due"));
        engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await engine.SweepAsync();
        Assert.Single(await engine.EventsAsync("followUp.due"));
    }

    /// <summary>Five on one day become one message; a sixth that comes behind it waits for the next day; what stands alone does not.</summary>
    [Fact]
    public async Task RunAsync_SeveralOnOneDay_AreOneMessage()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Use(Auto);
        for (var i = 0; i < 5; i++)
        {
            await engine.HitAsync("operation.done", Procedure.Replace("\"1\"", $"\"{i}\"", StringComparison.Ordinal), $"2026-03-16 1{i}:00");
        }

        await engine.SweepAtAsync("2026-03-17 10:00");

        var e = Assert.Single(await engine.EventsAsync("followUp.due"));
        Assert.Equal(4, e.Data["bundled"]!.AsArray().Count);
        Assert.Equal(["bundled", "bundled", "bundled", "bundled", "sent"], (await engine.WorkAsync()).Select(work => work.Reason).Order());

        await engine.HitAsync("operation.done", Procedure.Replace("\"1\"", "\"9\"", StringComparison.Ordinal), "2026-03-16 15:00");
        await engine.SweepAtAsync("2026-03-17 15:00");
        Assert.Single(await engine.EventsAsync("followUp.due"));
        await engine.SweepAtAsync("2026-03-18 09:00");
        Assert.Equal(2, (await engine.EventsAsync("followUp.due")).Count);
    }

    [Fact]
    public async Task RunAsync_RuleThatStandsAlone_IsNotBundled()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Use(Auto + "\nbundle: false");
        for (var i = 0; i < 3; i++)
        {
            await engine.HitAsync("operation.done", Procedure.Replace("\"1\"", $"\"{i}\"", StringComparison.Ordinal), $"2026-03-16 1{i}:00");
        }

        await engine.SweepAtAsync("2026-03-17 12:00");

        Assert.Equal(3, (await engine.EventsAsync("followUp.due")).Count);
    }

    /// <summary>Nobody acts: after 15 and after 30 minutes it goes up, each told once; taking it up stops that where the rule says so.</summary>
    [Theory]
    [InlineData("done", 2)]
    [InlineData("claim", 1)]
    public async Task RunAsync_NobodyActs_Escalates(string acknowledge, int told)
    {
        await using var engine = await PlannedAsync(
            $"{Auto.Replace("mode: auto", "mode: remind", StringComparison.Ordinal)}\nacknowledge: {acknowledge}\nescalate: [{{ after: 15 minutes, to: lead }}, {{ after: 30 minutes, to: office }}]");
        await engine.SweepAtAsync("2026-03-17 10:00");
        var id = (await engine.WorkAsync())[0].Id;

        await engine.SweepAtAsync("2026-03-17 10:15");
        Assert.Equal("lead", (await engine.WorkAsync())[0].Team);
        Assert.IsType<FollowUpActionResult.Done>(await engine.Actions.ClaimAsync(id, "n1", "key", CancellationToken.None));
        await engine.SweepAtAsync("2026-03-17 10:31");
        await engine.SweepAtAsync("2026-03-17 12:00");

        Assert.Equal(told, (await engine.EventsAsync("followUp.overdue")).Count);
        Assert.Equal(told == 2 ? "office" : "lead", (await engine.WorkAsync())[0].Team);
    }

    private static async Task<FollowUpEngine> PlannedAsync(string rule)
    {
        var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Use(rule);
        await engine.HitAsync("operation.done", Procedure, "2026-03-16 10:00");
        Assert.Single(await engine.WorkAsync());
        return engine;
    }

    private static async Task ChangePatientAsync(FollowUpEngine engine, Func<Core.Records.PatientDocument, Core.Records.PatientDocument> change)
    {
        var stored = (await engine.Engine.Store.GetAsync(Collections.Patients, "P1", false, CancellationToken.None))!;
        var batch = new WriteBatch();
        batch.Add(Collections.Patients.Put(change(Collections.Patients.Read(stored)), stored.Version));
        await engine.Engine.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
    }
}
