using Integration.Core.FollowUps.Work;

namespace Integration.Tests.FollowUps.Planning;

/// <summary>Birthdays and festivals, planned by the calendar.</summary>
public sealed class CalendarPlannerTests
{
    [Theory]
    [InlineData("1980-03-17", "birthday", "2026-03-16 08:00", "Planned 2026-03-17 09:30")]
    [InlineData("1980-03-16", "birthday", "2026-03-16 08:00", "Planned 2026-03-16 09:30")]
    [InlineData("1980-03-18", "birthday", "2026-03-16 08:00", null)]
    [InlineData("1980-02-29", "birthday", "2027-02-28 08:00", "Planned 2027-02-28 09:30")]
    [InlineData("1980-02-29", "birthday", "2028-02-27 08:00", null)]
    [InlineData("1980-02-29", "birthday", "2028-02-29 08:00", "Planned 2028-02-29 09:30")]
    [InlineData("1980-02-16", "birthday-lunar", "2025-01-29 08:00", "Planned 2025-01-29 09:30")]
    [InlineData("2020-05-23", "birthday-lunar", "2025-04-28 08:00", "Planned 2025-04-28 09:30")]
    [InlineData("1981-01-20", "birthday-lunar", "2026-02-02 08:00", "Planned 2026-02-02 09:30")]
    public async Task RunAsync_Birthday_IsPlanned(string born, string rule, string now, string? expected)
    {
        await using var engine = await FollowUpEngine.StartAsync(now);
        engine.Keep(rule);
        await RegisterAsync(engine, "1001", born);

        await engine.PlanCalendarAsync();

        Assert.Equal(expected is null ? [] : [expected], await engine.OpenAsync());
    }

    /// <summary>A query for a cohort: of four people, who has the disease and has not been seen. Whoever comes before the day is not called.</summary>
    [Fact]
    public async Task RunAsync_Cohort_IsAskedOfTheRecordAndAgainWhenDue()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-04-05 08:00");
        engine.Keep("chronic-not-seen");
        foreach (var (patient, diagnosis, seen) in new[] { ("P1", "I10.x00", "2025-10-01"), ("P2", "I10.x00", "2026-03-01"), ("P3", "J06.900", "2025-10-01"), ("P4", "E11.900", "2025-11-01") })
        {
            await engine.PutAsync(
                "{\"resourceType\":\"Condition\",\"id\":\"c" + patient + "\",\"recordedDate\":\"2022-03-01\",\"code\":{\"coding\":[{\"code\":\"" + diagnosis + "\"}]}}", "2022-03-01 10:00", patient);
            await engine.PutAsync(Visit(patient, seen), $"{seen} 10:00", patient);
        }

        Assert.Equal(2, await engine.PlanCalendarAsync());
        await engine.PutAsync(Visit("P4", "2026-04-05", "late"), "2026-04-05 20:00", "P4");
        await engine.SweepAtAsync("2026-04-07 09:00");   // the 6th is Qingming's day off

        Assert.Equal(["P1 Due", "P4 Cancelled"], (await engine.WorkAsync()).OrderBy(work => work.PatientId, StringComparer.Ordinal).Select(work => $"{work.PatientId} {work.State}"));
        engine.GoTo("2026-05-03 08:00");
        Assert.Equal(1, await engine.PlanCalendarAsync());

        static string Visit(string patient, string day, string id = "e") =>
            "{\"resourceType\":\"Encounter\",\"id\":\"" + id + patient + "\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"period\":{\"start\":\"" + day + "T09:00:00+08:00\"}}";
    }

    [Fact]
    public async Task RunAsync_AgainAndAgain_PlansOnce()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 08:00");
        engine.Keep("birthday");
        await RegisterAsync(engine, "1001", "1980-03-17");

        Assert.Equal(1, await engine.PlanCalendarAsync());
        Assert.Equal(0, await engine.PlanCalendarAsync());
        engine.GoTo("2026-03-17 08:00");
        Assert.Equal(0, await engine.PlanCalendarAsync());
        await engine.SweepAtAsync("2026-03-17 09:30");
        engine.GoTo("2026-03-17 12:00");
        Assert.Equal(0, await engine.PlanCalendarAsync());

        Assert.Equal(["Done 2026-03-17 09:30 sent"], await engine.LinesAsync());
    }

    /// <summary>Three days without the engine: the birthdays of those days are left out, and one can see which.</summary>
    [Fact]
    public async Task RunAsync_ThreeDaysOfDowntime_BirthdaysAreSkippedAndSeen()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-14 08:00");
        engine.Keep("birthday");
        await engine.PlanCalendarAsync();
        foreach (var day in new[] { 16, 17, 18 })
        {
            await RegisterAsync(engine, $"10{day}", $"1980-03-{day}");
        }

        engine.GoTo("2026-03-18 08:00");
        await engine.PlanCalendarAsync();
        await engine.SweepAsync();
        await engine.SweepAtAsync("2026-03-18 09:30");

        Assert.Equal(["Cancelled 2026-03-16 09:30 missed", "Cancelled 2026-03-17 09:30 missed", "Done 2026-03-18 09:30 sent"], await engine.LinesAsync());
    }

    /// <summary>Festivals go to all whom they are for and who agreed to marketing.</summary>
    [Theory]
    [InlineData("festival-womens-day", "2026-03-08 08:00", 1)]
    [InlineData("festival-mothers-day", "2026-05-10 08:00", 1)]
    [InlineData("festival-fathers-day", "2026-06-21 08:00", 1)]
    [InlineData("festival-spring", "2026-02-17 08:00", 3)]
    [InlineData("festival-mid-autumn", "2026-09-25 08:00", 3)]
    [InlineData("festival-spring", "2026-02-19 08:00", 0)]
    public async Task RunAsync_Festival_IsForThoseItIsFor(string rule, string now, int planned)
    {
        await using var engine = await FollowUpEngine.StartAsync(now);
        engine.Keep(rule);
        await RegisterAsync(engine, "1001", "1980-01-15", "F");
        await RegisterAsync(engine, "1002", "1980-01-15", "M");
        await RegisterAsync(engine, "1003", "2020-01-15", "U");

        Assert.Equal(planned, await engine.PlanCalendarAsync());
        await engine.SweepAtAsync(now.Replace("08:00", "09:30", StringComparison.Ordinal));

        Assert.All(await engine.WorkAsync(), work => Assert.Equal((FollowUpState.Cancelled, FollowUpReasons.NoConsent), (work.State, work.Reason)));
    }

    private static Task RegisterAsync(FollowUpEngine engine, string number, string born, string sex = "F") => engine.SendAsync(
        "ADT^A04", FollowUpEngine.Local(engine.Clock.GetUtcNow()), FollowUpEngine.Pid(number, $"||{born.Replace("-", "", StringComparison.Ordinal)}|{sex}"), "PV1|1|N");
}
