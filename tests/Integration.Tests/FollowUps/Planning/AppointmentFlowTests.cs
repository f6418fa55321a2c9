namespace Integration.Tests.FollowUps.Planning;

/// <summary>Appointments from booking to the visit, by the shipped rules.</summary>
public sealed class AppointmentFlowTests
{
    [Fact]
    public async Task When_booked_Should_confirm_at_once_and_remind_a_day_and_two_hours_before()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("appointment-confirmation", "appointment-reminder");
        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");

        await engine.SweepAsync();
        await engine.SweepAtAsync("2026-03-19 14:00");
        await engine.SweepAtAsync("2026-03-20 12:00");

        Assert.Equal(["Done 2026-03-16 10:00 sent"], await engine.LinesAsync("appointment-confirmation"));
        Assert.Equal(["Done 2026-03-19 14:00 sent", "Done 2026-03-20 12:00 sent"], await engine.LinesAsync("appointment-reminder"));
        var told = await engine.EventsAsync("followUp.due");
        Assert.Equal(3, told.Count);
        Assert.All(told, e => Assert.Equal(("auto", "service"), ((string)e.Data["mode"]!, (string)e.Data["category"]!)));
    }

    /// <summary>A time before the window goes back to the evening before, never behind the appointment.</summary>
    [Fact]
    public async Task When_the_slot_is_early_Should_remind_the_evening_before()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("appointment-reminder");

        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 08:00");

        Assert.Equal(["Planned 2026-03-19 08:00", "Planned 2026-03-19 20:00"], await engine.OpenAsync());
    }

    [Fact]
    public async Task When_moved_Should_remind_of_the_new_time_alone()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("appointment-reminder");
        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");

        await engine.SendAppointmentAsync("S13", "2026-03-16 11:00", "2026-03-24 15:00");
        await engine.SweepAtAsync("2026-03-20 13:00");

        Assert.Equal(["Planned 2026-03-23 15:00", "Planned 2026-03-24 13:00"], await engine.OpenAsync());
        Assert.Empty(await engine.EventsAsync("followUp.due"));
    }

    [Theory]
    [InlineData("S15")]
    [InlineData("S17")]
    public async Task When_cancelled_Should_remind_nobody(string trigger)
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("appointment-reminder", "no-show");
        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");

        await engine.SendAppointmentAsync(trigger, "2026-03-17 11:00", "2026-03-20 14:00");
        await engine.SweepAtAsync("2026-03-20 16:00");

        Assert.Empty(await engine.OpenAsync());
        Assert.Empty(await engine.EventsAsync("followUp.due"));
    }

    /// <summary>Booked, moved, cancelled and all of it told again: replays change nothing.</summary>
    [Fact]
    public async Task When_replayed_Should_change_nothing()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("appointment-reminder", "no-show");
        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");
        await engine.SendAppointmentAsync("S13", "2026-03-16 11:00", "2026-03-24 15:00");
        var before = await engine.LinesAsync();

        foreach (var message in (await engine.Engine.Journal.SearchAsync(new(Limit: 50), CancellationToken.None)).Messages.Reverse())
        {
            Assert.True(await engine.Engine.Journal.RequestReplayAsync(message.Id, CancellationToken.None));
            await engine.Engine.RunAsync();
        }

        Assert.Equal(before, await engine.LinesAsync());
    }

    /// <summary>The older booking comes behind the newer move: what was true later counts.</summary>
    [Fact]
    public async Task When_the_booking_comes_late_Should_keep_to_the_move()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 12:00");
        engine.Keep("appointment-reminder");
        await engine.SendAppointmentAsync("S13", "2026-03-16 11:00", "2026-03-24 15:00");

        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");

        Assert.Equal(["Planned 2026-03-23 15:00", "Planned 2026-03-24 13:00"], await engine.OpenAsync());
    }

    /// <summary>Booked for tomorrow morning: the reminder of the day before is too late to be planned.</summary>
    [Fact]
    public async Task When_booked_late_Should_leave_out_what_is_past()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 18:00");
        engine.Keep("appointment-reminder");

        await engine.SendAppointmentAsync("S12", "2026-03-16 18:00", "2026-03-17 14:00");

        Assert.Equal(["Planned 2026-03-17 12:00"], await engine.OpenAsync());
    }

    [Fact]
    public async Task When_nobody_came_Should_remind_a_person_to_call()
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("no-show");
        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");

        await engine.SweepAtAsync("2026-03-20 14:59");
        Assert.Empty(await engine.EventsAsync("followUp.due"));
        await engine.SweepAtAsync("2026-03-20 15:00");

        var work = Assert.Single(await engine.WorkAsync());
        Assert.Equal((Core.FollowUps.Work.FollowUpState.Due, "心内科门诊"), (work.State, work.Department));
        Assert.Equal("remind", (string)Assert.Single(await engine.EventsAsync("followUp.due")).Data["mode"]!);
    }

    /// <summary>Registering 40 minutes behind the slot is coming, by the hour that the rule gives; 70 minutes is not.</summary>
    [Theory]
    [InlineData("2026-03-20 14:40", false)]
    [InlineData("2026-03-20 13:30", false)]
    [InlineData("2026-03-20 15:10", true)]
    public async Task When_registered_late_Should_count_as_came_within_the_hour(string registered, bool isMissed)
    {
        await using var engine = await FollowUpEngine.StartAsync("2026-03-16 10:00");
        engine.Keep("no-show");
        await engine.SendAppointmentAsync("S12", "2026-03-16 10:00", "2026-03-20 14:00");
        await engine.SendStayAsync("A04", registered, visit: "MZ1", patientClass: "O", admitted: registered);

        await engine.SweepAtAsync("2026-03-20 15:30");

        Assert.Equal(isMissed ? ["Due 2026-03-20 15:00"] : ["Cancelled 2026-03-20 15:00 stopped"], await engine.LinesAsync());
    }
}
