using Integration.Core.FollowUps.Work;
using Integration.Core.Identity.Unmerging;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FollowUps.Planning;

/// <summary>Stays in hospital and what follows them, by the shipped rules.</summary>
public sealed class StayFlowTests
{
    [Fact]
    public async Task When_discharged_Should_plan_two_calls_and_the_questionnaire()
    {
        await using var engine = await DischargedAsync();

        Assert.Equal(["Planned 2026-03-18 10:00", "Planned 2026-04-07 10:00"], await engine.OpenAsync("discharge-follow-up"));
        Assert.Equal(["Planned 2026-03-11 10:00"], await engine.OpenAsync("discharge-satisfaction"));
        var work = (await engine.WorkAsync("discharge-follow-up"))[0];
        Assert.Equal(("李明", "心血管内科", "follow-up"), (work.Owner, work.Department, work.Team));
    }

    /// <summary>28 days after 8 March is 5 April, inside the Qingming days: the call is on the first day behind them.</summary>
    [Fact]
    public async Task When_due_on_a_holiday_Should_shift_behind_it()
    {
        await using var engine = await DischargedAsync();

        Assert.Equal("Planned 2026-04-07 10:00", (await engine.OpenAsync("discharge-follow-up"))[^1]);
    }

    [Fact]
    public async Task When_the_discharge_is_taken_back_Should_stop_and_begin_again_with_the_next()
    {
        await using var engine = await DischargedAsync();

        await engine.SendStayAsync("A13", "2026-03-08 12:00");
        Assert.Empty(await engine.OpenAsync());
        engine.GoTo("2026-03-09 12:00");
        await engine.SendStayAsync("A03", "2026-03-09 11:00", "2026-03-09 11:00");

        Assert.Equal(["Planned 2026-03-12 10:00", "Planned 2026-03-19 10:00", "Planned 2026-04-07 10:00"], await engine.OpenAsync());
    }

    [Fact]
    public async Task When_the_patient_dies_Should_stop_everything()
    {
        await using var engine = await DischargedAsync();

        await engine.SendAsync("ADT^A08", "2026-03-10 12:00", FollowUpEngine.Pid("1001") + new string('|', 21) + "20260310080000|Y", "PV1|1|N");

        Assert.Empty(await engine.OpenAsync());
        Assert.All(await engine.WorkAsync(), work => Assert.Equal(FollowUpReasons.Deceased, work.Reason));
    }

    [Fact]
    public async Task When_admitted_again_Should_stop_the_calls()
    {
        await using var engine = await DischargedAsync();

        await engine.SendStayAsync("A01", "2026-03-12 09:00", visit: "ZY2", admitted: "2026-03-12 09:00");

        Assert.Empty(await engine.OpenAsync("discharge-follow-up"));
    }

    [Fact]
    public async Task When_the_number_is_merged_away_Should_go_to_the_record_that_stays()
    {
        await using var engine = await DischargedAsync();
        await engine.SendAsync("ADT^A08", "2026-03-09 09:00", FollowUpEngine.Pid("2002"), "PV1|1|N");

        await engine.SendAsync("ADT^A40", "2026-03-09 10:00", FollowUpEngine.Pid("2002"), "MRG|1001^^^HIS^MR");
        await engine.SweepAtAsync("2026-03-18 10:00");

        var survivor = (await engine.Engine.PatientAsync("2002")).Id;
        Assert.All(await engine.WorkAsync(), work => Assert.Equal(survivor, work.PatientId));
        Assert.All(await engine.EventsAsync("followUp.due"), e => Assert.Equal(survivor, e.PatientId));
        Assert.Equal(2, (await engine.EventsAsync("followUp.due")).Count);
    }

    [Fact]
    public async Task When_the_merge_is_taken_back_Should_go_back_with_the_stay()
    {
        await using var engine = await DischargedAsync();
        var before = await engine.WorkAsync();
        await engine.SendAsync("ADT^A08", "2026-03-09 09:00", FollowUpEngine.Pid("2002"), "PV1|1|N");
        await engine.SendAsync("ADT^A40", "2026-03-09 10:00", FollowUpEngine.Pid("2002"), "MRG|1001^^^HIS^MR");

        var result = await engine.Engine.Services.GetRequiredService<PatientUnmerging>().UnmergeAsync(
            (await engine.Engine.PatientAsync("2002")).Id, ["urn:authority:HIS|1001"], "tests", "two people", CancellationToken.None);

        Assert.IsType<UnmergeResult.Done>(result);
        Assert.NotEmpty(before);
        Assert.Equal(before.Select(work => (work.Id, work.PatientId)), (await engine.WorkAsync()).Select(work => (work.Id, work.PatientId)));
    }

    /// <summary>A history that is read in plans nothing for what is long past.</summary>
    [Fact]
    public async Task When_the_discharge_was_a_year_ago_Should_plan_nothing()
    {
        await using var engine = await FollowUpEngine.StartAsync("2027-03-08 11:00");
        engine.Keep("discharge-follow-up", "discharge-satisfaction");

        await engine.SendStayAsync("A03", "2026-03-08 10:30", "2026-03-08 10:30");

        Assert.Empty(await engine.WorkAsync());
    }

    /// <summary>No rule listens: the message reads nothing of due work and writes nothing of it.</summary>
    [Fact]
    public async Task When_no_rule_listens_Should_write_nothing()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-08 11:00");
        engine.Keep();

        await engine.SendStayAsync("A03", "2026-03-08 10:30", "2026-03-08 10:30");

        Assert.Equal(0, await engine.Engine.Store.CountAsync(Collections.FollowUps, [], 10, CancellationToken.None));
    }

    private static async Task<FollowUpEngine> DischargedAsync()
    {
        var engine = await FollowUpEngine.StartAsync("2026-03-08 11:00");
        engine.Keep("discharge-follow-up", "discharge-satisfaction");
        await engine.SendStayAsync("A01", "2026-03-01 08:30");
        await engine.SendStayAsync("A03", "2026-03-08 10:30", "2026-03-08 10:30");
        return engine;
    }
}
