using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FollowUps.Planning;

/// <summary>Rules that are edited, and rules that are tried out.</summary>
public sealed class RuleReplannerTests
{
    private const string Rule = """
        title: { en: a, zh: b }
        on: [operation.done]
        resource: Procedure
        when: status = 'completed'
        due: 7 days after event
        team: t
        """;

    private const string Procedure = """{"resourceType":"Procedure","id":"1","status":"completed"}""";

    [Theory]
    [InlineData("due: 3 days after event", "Planned 2026-03-19 10:00")]
    [InlineData("due: 9 days after event", "Planned 2026-03-25 10:00")]
    [InlineData("due: [1 day after event, 7 days after event]", "Planned 2026-03-17 10:00,Planned 2026-03-23 10:00")]
    [InlineData("due: 7 days after event\nenabled: false", "")]
    public async Task RunAsync_RuleEdited_MovesWhatIsNotDue(string due, string expected)
    {
        await using var engine = await PlannedAsync();

        engine.Use(Rule.Replace("due: 7 days after event", due, StringComparison.Ordinal));
        await engine.ReplanAsync();
        var once = await engine.OpenAsync();
        var again = await engine.ReplanAsync();

        Assert.Equal(expected, string.Join(',', once));
        Assert.Equal(0, again);
    }

    [Fact]
    public async Task RunAsync_ConditionNarrowed_CancelsWhatItNoLongerHits()
    {
        await using var engine = await PlannedAsync();

        engine.Use(Rule.Replace("when: status = 'completed'", "when: status = 'completed' and outcome.exists()", StringComparison.Ordinal));
        await engine.ReplanAsync();

        Assert.Equal(["Cancelled 2026-03-23 10:00 conditionGone"], await engine.LinesAsync());
    }

    /// <summary>What becomes marketing must ask for consent when it is due.</summary>
    [Fact]
    public async Task RunAsync_RuleBecomesMarketing_PlannedWorkDoesToo()
    {
        await using var engine = await PlannedAsync();

        engine.Use(Rule + "\ncategory: marketing\nmode: auto\nchannels: [sms]");
        await engine.ReplanAsync();

        Assert.Equal([(ContactCategory.Marketing, FollowUpMode.Auto)], (await engine.WorkAsync()).Select(work => (work.Category, work.Mode)));
    }

    [Fact]
    public async Task RunAsync_WorkInSomebodysHands_IsLeft()
    {
        await using var engine = await PlannedAsync();
        await engine.SweepAtAsync("2026-03-23 10:00");

        engine.Use(Rule.Replace("7 days", "9 days", StringComparison.Ordinal));
        await engine.ReplanAsync();

        Assert.Equal(["Due 2026-03-23 10:00"], await engine.LinesAsync());
    }

    /// <summary>Whom the preview names is whom the run hits, and the preview writes nothing.</summary>
    [Fact]
    public async Task Preview_Appointments_NamesWhomTheRunHits()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep();
        for (var i = 0; i < 6; i++)
        {
            await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", $"2026-03-{18 + i} 14:00", $"YY{i}", $"100{i}");
        }

        await engine.SendAppointmentAsync("S15", "2026-03-16 11:00", "2026-03-20 14:00", "YY2", "1002");
        await using var other = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        var rule = other.Rules.Current.Rules.All["appointment-reminder"];
        var (from, below) = (FollowUpEngine.At("2026-03-17 00:00"), FollowUpEngine.At("2026-03-22 00:00"));

        var preview = await engine.Engine.Services.GetRequiredService<RulePreview>().RunAsync(rule, from, below, 100, CancellationToken.None);
        Assert.Empty(await engine.WorkAsync());
        other.Keep("appointment-reminder");
        for (var i = 0; i < 6; i++)
        {
            await other.SendAppointmentAsync("S12", "2026-03-16 10:00", $"2026-03-{18 + i} 14:00", $"YY{i}", $"100{i}");
        }

        await other.SendAppointmentAsync("S15", "2026-03-16 11:00", "2026-03-20 14:00", "YY2", "1002");
        var real = (await other.WorkAsync()).Where(work => work.IsOpen && work.DueAt >= from && work.DueAt < below).ToList();

        Assert.Equal(real.Select(work => (work.Subject, work.DueAt)), preview.Hits.Select(hit => (hit.Subject, hit.DueAt)));
        Assert.True(preview.Total > 5);
    }

    [Fact]
    public async Task Preview_Birthdays_NamesWhomTheRunHits()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 08:00");
        engine.Keep("birthday");
        await engine.SendAsync("ADT^A04", "2026-03-16 08:00", FollowUpEngine.Pid("1", "||19800320|F"), "PV1|1|N");

        var preview = await engine.Engine.Services.GetRequiredService<RulePreview>().RunAsync(
            engine.Rules.Current.Rules.All["birthday"], FollowUpEngine.At("2026-03-16 00:00"), FollowUpEngine.At("2026-03-23 00:00"), 100, CancellationToken.None);

        Assert.Equal(FollowUpEngine.At("2026-03-20 09:30"), Assert.Single(preview.Hits).DueAt);
    }

    private static async Task<FollowUpEngine> PlannedAsync()
    {
        var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Use(Rule);
        await engine.HitAsync("operation.done", Procedure, "2026-03-16 10:00");
        Assert.Equal(["Planned 2026-03-23 10:00"], await engine.OpenAsync());
        return engine;
    }
}
