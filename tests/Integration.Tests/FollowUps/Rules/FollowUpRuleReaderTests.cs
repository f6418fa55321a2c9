using System.Globalization;
using System.Text.Json;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;
using Integration.Fhir.FhirPath;

namespace Integration.Tests.FollowUps.Rules;

public sealed class FollowUpRuleReaderTests
{
    private static readonly string[] Events = ["appointment.booked", "appointment.moved", "appointment.cancelled"];

    private const string Good = """
        title: { en: Reminder, zh: 提醒 }
        on: [appointment.booked]
        resource: Appointment
        when: status = 'booked'
        due: 1 day before start at 18:00
        window: 09:00-20:00
        team: desk
        """;

    [Fact]
    public void Read_Rule_HasWhatIsWrittenAndTheDefaults()
    {
        var rule = Read(Good, out var problems);

        Assert.Empty(problems);
        Assert.Equal("rule", rule!.Name);
        Assert.Equal(("Reminder", "提醒"), (rule.Title.English, rule.Title.Chinese));
        Assert.Equal((FollowUpMode.Remind, ContactCategory.Service, CatchUpPolicy.Late), (rule.Mode, rule.Category, rule.CatchUp.Policy));
        Assert.Equal(new CalendarSpan(30, SpanUnit.Day), rule.CatchUp.Forget);
        Assert.Equal((3, 100, true), (rule.MaxAttempts, rule.Sample, rule.Bundle));
        Assert.Equal(DailyWindow.Parse("09:00-20:00"), rule.Allowed.Window);
    }

    /// <summary>Every problem with line and column, and what to do where that is known.</summary>
    [Theory]
    [InlineData("due: soon", "due: 1 day before start at 18:00", "5:6: It does not say when something is due.")]
    [InlineData("on: [appointment.boked]", "on: [appointment.booked]", "2:6: There is no event 'appointment.boked'.: Did you mean appointment.booked?")]
    [InlineData("resource: Apointment", "resource: Appointment", "3:11: FHIR R4 has no resource Apointment.: Did you mean Appointment?")]
    [InlineData("when: status = ", "when: status = 'booked'", "4:")]
    [InlineData("when: statuss = 'booked'", "when: status = 'booked'", "4:7: FHIR R4 Appointment has no element 'statuss'.: Did you mean status?")]
    [InlineData("due: 1 day before begin", "due: 1 day before start at 18:00", "5:19: FHIR R4 Appointment has no element 'begin'.")]
    [InlineData("due: 2 hours before start at 18:00", "due: 1 day before start at 18:00", "5:30: Minutes and hours give a time already.")]
    [InlineData("due: 1 day before start at 25:00", "due: 1 day before start at 18:00", "5:28: '25:00' is not a time of a day.")]
    [InlineData("window: 20:00-09:00", "window: 09:00-20:00", "6:9: '20:00-09:00' is no window of a day.")]
    [InlineData("tema: desk", "team: desk", "7:1: A rule has no key 'tema'.: Did you mean team?")]
    [InlineData("team: desk\nmode: auto", "team: desk", "1:1: A rule that sends by itself needs 'channels'.")]
    [InlineData("team: desk\nmode: maybe", "team: desk", "8:7: 'mode' must be one of remind, auto.")]
    [InlineData("team: desk\nsample: 101", "team: desk", "8:9: 'sample' must be a whole number from 1 to 100.")]
    [InlineData("team: desk\naudience: [everybody]", "team: desk", "8:12: 'everybody' is no audience")]
    [InlineData("team: desk\nescalate: [{ to: head }]", "team: desk", "8:12: An escalation needs the key 'after'.")]
    [InlineData("team: desk\nescalate: [{ after: soon }]", "team: desk", "8:21: 'soon' is no length of time.")]
    [InlineData("team: desk\nstop: [{ on: appointment.gone }]", "team: desk", "8:14: There is no event 'appointment.gone'.")]
    [InlineData("team: desk\nstop: [{ record: Encounter, where: statis = 'x' }]", "team: desk", "8:36: FHIR R4 Encounter has no element 'statis'.")]
    [InlineData("team: desk\ncalendar: { day: birthday }", "team: desk", "1:1: A rule waits for events or for days, not for both.")]
    [InlineData("title: Reminder", "title: { en: Reminder, zh: 提醒 }", "1:8: A title must be a block of keys and values.")]
    [InlineData("", "team: desk", "1:1: A rule needs the key 'team'.")]
    public void Read_WrongRule_SaysWhereAndWhat(string wrong, string right, string expected)
    {
        var rule = Read(Good.Replace(right, wrong, StringComparison.Ordinal), out var problems);

        Assert.Null(rule);
        Assert.Contains(problems, problem => problem.StartsWith($"mappings/follow-ups/rule.yaml:{expected}", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_ManyProblems_AllAreSaid()
    {
        Read("title: x\non: [a, b]\nwindow: no\nmore: 1\n", out var problems);

        Assert.True(problems.Count >= 6, string.Join('\n', problems));
    }

    [Theory]
    [InlineData("calendar: { day: birthday }\nteam: desk\ntitle: { en: a, zh: b }", null)]
    [InlineData("calendar: { day: someday }\nteam: desk\ntitle: { en: a, zh: b }", "1:18: 'someday' is no day that comes every year.")]
    [InlineData("calendar: { day: birthday }\ndue: at once\nteam: desk\ntitle: { en: a, zh: b }", "2:6: A rule of the calendar has no 'due'")]
    public void Read_RuleOfTheCalendar_IsCheckedAsSuch(string yaml, string? expected)
    {
        var rule = Read(yaml, out var problems);

        Assert.Equal(expected is null, rule is not null);
        Assert.Equal(expected is not null, problems.Any(problem => problem.Contains(expected ?? "nothing", StringComparison.Ordinal)));
    }

    /// <summary>When things are due, by the clocks of Shanghai; the event was on 16 March 2026 at 10:00.</summary>
    [Theory]
    [InlineData("at once", "2026-03-16 10:00")]
    [InlineData("3 days after event", "2026-03-19 10:00")]
    [InlineData("90 minutes after event", "2026-03-16 11:30")]
    [InlineData("1 day before start", "2026-03-19 08:30")]
    [InlineData("2 hours before start", "2026-03-20 06:30")]
    [InlineData("1 day before start at 18:00", "2026-03-19 18:00")]
    [InlineData("on start at 07:00", "2026-03-20 07:00")]
    [InlineData("(minutesDuration - 20) minutes after start", "2026-03-20 08:40")]
    [InlineData("1 month after requestedPeriod.start", "2026-05-30 09:00")]
    [InlineData("1 day after requestedPeriod.end", null)]
    public void Of_DueTime_IsByTheHospitalsClocks(string due, string? expected)
    {
        var rule = Read(Good.Replace("1 day before start at 18:00", due, StringComparison.Ordinal), out var problems);
        Assert.Empty(problems);
        using var appointment = JsonDocument.Parse(
            """{"resourceType":"Appointment","status":"booked","start":"2026-03-20T00:30:00Z","minutesDuration":30,"requestedPeriod":[{"start":"2026-04-30"}]}""");
        var calendar = new HospitalCalendar(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), StatutoryDays.None);

        var found = rule!.Due[0].Of(appointment.RootElement, new(2026, 3, 16, 2, 0, 0, TimeSpan.Zero), FhirPathContext.None, calendar);

        Assert.Equal(expected, found is { } time ? calendar.ToLocal(time.Due).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : null);
    }

    [Theory]
    [InlineData("date,day,name\n2026-10-01,off,国庆节\n", null)]
    [InlineData("2026-10-01,off,国庆节\n", "1:1: The first line does not name the columns.")]
    [InlineData("date,day,name\n2026-13-01,off,\n", "2:1: '2026-13-01' is not a day.")]
    [InlineData("date,day,name\n2026-10-01,free,\n", "2:12: 'free' must be off or working.")]
    [InlineData("date,day,name\n2026-10-01\n", "2:1: A line has two or three cells.")]
    public void Read_TableOfDays_SaysWhereItIsWrong(string csv, string? expected)
    {
        var problems = new ProblemList();

        var days = StatutoryDayFile.Read("days.csv", csv, problems);

        Assert.Equal(expected is null ? [] : [$"days.csv:{expected}"], problems.InOrder().Select(p => $"{p.Place}: {p.Text}"));
        Assert.Equal(expected is null ? 1 : 0, days.Count);
    }

    private static FollowUpRule? Read(string yaml, out IReadOnlyList<string> problems)
    {
        var list = new ProblemList();
        var rule = new FollowUpRuleReader("mappings/follow-ups/rule.yaml", Events, list).Read(yaml);
        problems = [.. list.InOrder().Select(p => $"{p.Place}: {p.Text}{(p.Remedy is null ? "" : $": {p.Remedy}")}")];
        return rule;
    }
}
