using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.FollowUps.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FollowUps.Work;

/// <summary>What people do with due work.</summary>
public sealed class FollowUpActionsTests
{
    private const string Rule = """
        title: { en: a, zh: b }
        on: [operation.done]
        resource: Procedure
        due: 1 day after event
        attempts: 2
        retryAfter: 2 hours
        team: t
        """;

    [Fact]
    public async Task Finish_WithAnswers_IsKeptToldAndAudited()
    {
        await using var engine = await DueAsync(2);
        var id = (await engine.WorkAsync())[0].Id;

        await engine.Actions.ClaimAsync(id, "nurse 1", "crm", CancellationToken.None);
        await engine.Actions.CommentAsync(id, "nurse 1", "sounds well", "crm", CancellationToken.None);
        var done = Assert.IsType<FollowUpActionResult.Done>(await engine.Actions.FinishAsync(
            id, FollowUpState.Done, "nurse 1", "well", new JsonObject { ["pain"] = 2 }, "crm", CancellationToken.None)).Work;

        Assert.Equal((FollowUpState.Done, "nurse 1", 2), (done.State, done.Assignee, (int)done.Outcome!.Answers!["pain"]!));
        Assert.Equal("sounds well", Assert.Single(done.Comments).Text);
        Assert.Single(await engine.EventsAsync("followUp.done"));
        var (entries, _) = await engine.Engine.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Target: id), CancellationToken.None);
        Assert.Equal([AuditActions.FinishFollowUp, AuditActions.CommentFollowUp, AuditActions.ClaimFollowUp], entries.Select(e => e.Action));
    }

    [Fact]
    public async Task Claim_TakenByAnother_IsNotAllowedButAssignIs()
    {
        await using var engine = await DueAsync(1);
        var id = (await engine.WorkAsync())[0].Id;
        await engine.Actions.ClaimAsync(id, "a", "crm", CancellationToken.None);

        Assert.IsType<FollowUpActionResult.NotAllowed>(await engine.Actions.ClaimAsync(id, "b", "crm", CancellationToken.None));
        Assert.IsType<FollowUpActionResult.Done>(await engine.Actions.AssignAsync(id, "b", "leave", "crm", CancellationToken.None));

        Assert.Equal("b", Assert.Single((await engine.Store.SearchAsync(new FollowUpSearch(Assignee: "b"), CancellationToken.None)).Items).Assignee);
    }

    /// <summary>Not reached: it comes back after two hours, and after as many tries as the rule has the patient is lost.</summary>
    [Fact]
    public async Task Attempt_UsedUp_IsLost()
    {
        await using var engine = await DueAsync(1);
        var id = (await engine.WorkAsync())[0].Id;

        await engine.Actions.AttemptAsync(id, "a", "noAnswer", false, "", "crm", CancellationToken.None);
        Assert.Equal(FollowUpState.Attempted, (await engine.WorkAsync())[0].State);
        await engine.SweepAtAsync("2026-03-17 12:00");
        Assert.Equal(FollowUpState.Due, (await engine.WorkAsync())[0].State);
        await engine.Actions.AttemptAsync(id, "a", "noAnswer", false, "", "crm", CancellationToken.None);

        Assert.Equal(["Lost 2026-03-17 10:00 attemptsUsedUp"], await engine.LinesAsync());
        Assert.Single(await engine.EventsAsync("followUp.lost"));
        Assert.IsType<FollowUpActionResult.Done>(await engine.Actions.ReopenAsync(id, "new number", "crm", CancellationToken.None));
        Assert.Equal(["Due 2026-03-17 10:00"], await engine.LinesAsync());
    }

    [Fact]
    public async Task Act_UnknownId_IsNotFound()
    {
        await using var engine = await DueAsync(0);

        Assert.IsType<FollowUpActionResult.NotFound>(await engine.Actions.ClaimAsync("none", "a", "crm", CancellationToken.None));
    }

    /// <summary>Whatever people and the clock do, in any order: only allowed steps happen, closed work stays closed but by reopening, and each end is told once.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Actions_AnyOrder_KeepToTheLifecycle(int seed)
    {
        await using var engine = await DueAsync(3);
        var random = new Random(seed);
        var ids = (await engine.WorkAsync()).Select(work => work.Id).ToList();
        var ended = 0;
        for (var i = 0; i < 120; i++)
        {
            engine.Clock.Advance(TimeSpan.FromSeconds(1));
            var id = ids[random.Next(ids.Count)];
            var before = (await engine.Store.GetAsync(id, CancellationToken.None))!.Value.Work;
            var result = await ActAsync(engine, id, random.Next(9));
            var after = (await engine.Store.GetAsync(id, CancellationToken.None))!.Value.Work;
            if (result is FollowUpActionResult.NotAllowed)
            {
                Assert.Equal(before.State, after.State);
                continue;
            }

            Assert.True(before.State == after.State || FollowUpLifecycle.Allows(before.State, after.State), $"{before.State} to {after.State}");
            Assert.Equal(after.IsOpen, after.ClosedAt is null);
            Assert.True(after.IsOpen || after.NextAt is null);
            ended += before.IsOpen && !after.IsOpen ? 1 : 0;
        }

        var told = (await engine.EventsAsync("followUp.done")).Count + (await engine.EventsAsync("followUp.lost")).Count
            + (await engine.EventsAsync("followUp.refused")).Count + (await engine.EventsAsync("followUp.cancelled")).Count;
        Assert.Equal(ended, told);
    }

    [Fact]
    public async Task Figures_OfAPeriod_AddUp()
    {
        await using var engine = await DueAsync(5);
        var ids = (await engine.WorkAsync()).Select(work => work.Id).ToList();
        await engine.Actions.FinishAsync(ids[0], FollowUpState.Done, "a", "", null, "crm", CancellationToken.None);
        await engine.Actions.FinishAsync(ids[1], FollowUpState.Refused, "a", "", null, "crm", CancellationToken.None);
        await engine.Actions.FinishAsync(ids[2], FollowUpState.Lost, "a", "", null, "crm", CancellationToken.None);
        await engine.SweepAtAsync("2026-03-20 10:00");
        await engine.Actions.FinishAsync(ids[3], FollowUpState.Done, "a", "", null, "crm", CancellationToken.None);

        var figures = Assert.Single(await engine.Store.FiguresAsync(FollowUpEngine.At("2026-03-17 00:00"), FollowUpEngine.At("2026-03-18 00:00"), "rule", CancellationToken.None));

        Assert.Equal((5L, 1L, 1L, 2L, 1L, 1L, 1L), (figures.Total, figures.Open, figures.Overdue, figures.Done, figures.InTime, figures.Refused, figures.Lost));
        Assert.Equal((0.4, 0.5, 0.75), (figures.Rate!.Value, figures.Timeliness!.Value, figures.Reach!.Value));
        Assert.Equal(ids[4], Assert.Single((await engine.Store.SearchAsync(new FollowUpSearch(Overdue: true), CancellationToken.None)).Items).Id);
    }

    private static ValueTask<FollowUpActionResult> ActAsync(FollowUpEngine engine, string id, int which) => which switch
    {
        0 => engine.Actions.ClaimAsync(id, "a", "crm", CancellationToken.None),
        1 => engine.Actions.AssignAsync(id, "b", "", "crm", CancellationToken.None),
        2 => engine.Actions.ReleaseAsync(id, "crm", CancellationToken.None),
        3 => engine.Actions.CommentAsync(id, "a", "x", "crm", CancellationToken.None),
        4 => engine.Actions.AttemptAsync(id, "a", "noAnswer", false, "", "crm", CancellationToken.None),
        5 => engine.Actions.FinishAsync(id, FollowUpState.Done, "a", "", null, "crm", CancellationToken.None),
        6 => engine.Actions.FinishAsync(id, FollowUpState.Lost, "a", "", null, "crm", CancellationToken.None),
        7 => engine.Actions.CancelAsync(id, "x", "crm", CancellationToken.None),
        _ => engine.Actions.ReopenAsync(id, "x", "crm", CancellationToken.None),
    };

    private static async Task<FollowUpEngine> DueAsync(int count)
    {
        var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Use(Rule);
        for (var i = 0; i < count; i++)
        {
            await engine.HitAsync("operation.done", "{\"resourceType\":\"Procedure\",\"id\":\"" + i + "\",\"status\":\"completed\"}", "2026-03-16 10:00", $"P{i}");
        }

        await engine.SweepAtAsync("2026-03-17 10:00");
        return engine;
    }
}
