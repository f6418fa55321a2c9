using System.Globalization;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.Mapping.Language;

namespace Integration.Tests.FollowUps.Calendars;

public sealed class HospitalCalendarTests
{
    private static readonly StatutoryDays China = new(Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "mappings", "follow-ups", "days"), "*.csv")
        .SelectMany(file => StatutoryDayFile.Read(file, File.ReadAllText(file), new ProblemList())).Select(read => read.Day));

    private static readonly AllowedTimes Daytime = new(DailyWindow.Parse("09:00-20:00")!, HolidaysShift: false, WeekendsShift: false);

    [Theory]
    [InlineData("2026-03-16 08:00", "2026-03-16 09:00")]
    [InlineData("2026-03-16 09:00", "2026-03-16 09:00")]
    [InlineData("2026-03-16 20:00", "2026-03-16 20:00")]
    [InlineData("2026-03-16 20:01", "2026-03-17 09:00")]
    [InlineData("2026-12-31 23:00", "2027-01-01 09:00")]
    public void Forward_Window_GivesTheNextOpening(string from, string expected) => AssertForward(from, expected, Daytime);

    [Theory]
    [InlineData("2026-03-16 08:00", "2026-03-15 20:00")]
    [InlineData("2026-03-16 12:00", "2026-03-16 12:00")]
    [InlineData("2026-03-16 21:00", "2026-03-16 20:00")]
    public void Backward_Window_GivesTheLastClosing(string from, string expected) =>
        Assert.Equal(expected, Local(Calendar().Backward(At(from), Daytime)));

    /// <summary>The days of 2025 and 2026 as the State Council decreed them: holidays shift, working Saturdays and Sundays do not.</summary>
    [Theory]
    [InlineData("2025-01-28 12:00", "2025-02-05 12:00")]
    [InlineData("2025-10-01 12:00", "2025-10-09 12:00")]
    [InlineData("2025-10-11 12:00", "2025-10-11 12:00")]
    [InlineData("2025-10-12 12:00", "2025-10-13 12:00")]
    [InlineData("2026-01-04 12:00", "2026-01-04 12:00")]
    [InlineData("2026-02-14 12:00", "2026-02-14 12:00")]
    [InlineData("2026-02-15 12:00", "2026-02-24 12:00")]
    [InlineData("2026-05-09 12:00", "2026-05-09 12:00")]
    [InlineData("2026-09-25 12:00", "2026-09-28 12:00")]
    [InlineData("2026-10-01 08:00", "2026-10-08 09:00")]
    [InlineData("2026-10-10 12:00", "2026-10-10 12:00")]
    public void Forward_StatutoryDays_Shift(string from, string expected) =>
        AssertForward(from, expected, Daytime with { HolidaysShift = true, WeekendsShift = true });

    [Theory]
    [InlineData("2026-10-04 12:00", "2026-09-30 12:00")]
    public void Backward_StatutoryDays_Shift(string from, string expected) =>
        Assert.Equal(expected, Local(Calendar().Backward(At(from), Daytime with { HolidaysShift = true })));

    [Fact]
    public void Days_YearsOfTheTables_AreKnown() => Assert.Equal([2025, 2026], China.Years.Order());

    [Theory]
    [InlineData(2025, 28, 5)]
    [InlineData(2026, 33, 6)]
    public void Days_Year_HasAsManyAsDecreed(int year, int off, int working)
    {
        var days = Enumerable.Range(0, 365).Select(i => China.Find(new DateOnly(year, 1, 1).AddDays(i))).OfType<StatutoryDay>().ToList();

        Assert.Equal((off, working), (days.Count(d => d.IsOff), days.Count(d => !d.IsOff)));
    }

    /// <summary>A table that leaves no day free does not keep the search from ending.</summary>
    [Fact]
    public void Forward_YearWithoutFreeDay_Ends()
    {
        var days = new StatutoryDays(Enumerable.Range(0, 400).Select(i => new StatutoryDay(new DateOnly(2026, 1, 1).AddDays(i), true, "")));
        var calendar = new HospitalCalendar(TimeZoneInfo.Utc, days);

        Assert.True(calendar.Forward(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Daytime with { HolidaysShift = true }) > new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    }

    /// <summary>Steps of days keep the clock time over both changes of daylight saving; steps of hours keep the elapsed time.</summary>
    [Theory]
    [InlineData("America/New_York", "2026-03-07T15:00:00Z", "1 day", "2026-03-08T14:00:00Z")]
    [InlineData("America/New_York", "2026-03-07T15:00:00Z", "24 hours", "2026-03-08T15:00:00Z")]
    [InlineData("America/New_York", "2026-10-31T14:00:00Z", "1 day", "2026-11-01T15:00:00Z")]
    [InlineData("America/New_York", "2026-03-07T07:30:00Z", "1 day", "2026-03-08T07:30:00Z")]
    [InlineData("America/New_York", "2026-10-31T05:30:00Z", "1 day", "2026-11-01T05:30:00Z")]
    [InlineData("Europe/Berlin", "2026-03-28T01:30:00Z", "1 day", "2026-03-29T01:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-02T15:45:00Z", "1 day", "2026-10-03T15:45:00Z")]
    [InlineData("Asia/Shanghai", "2026-01-31T01:00:00Z", "1 month", "2026-02-28T01:00:00Z")]
    [InlineData("Asia/Shanghai", "2024-02-29T01:00:00Z", "1 year", "2025-02-28T01:00:00Z")]
    [InlineData("Asia/Shanghai", "2026-03-16T16:30:00Z", "3 days", "2026-03-19T16:30:00Z")]
    public void After_OverChangesOfTheClock_KeepsWhatTheUnitPromises(string zone, string from, string span, string expected)
    {
        var calendar = new HospitalCalendar(TimeZoneInfo.FindSystemTimeZoneById(zone), StatutoryDays.None);

        var after = CalendarSpan.Parse(span)!.After(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture), calendar);

        Assert.Equal(expected, after.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>For every half hour of a year, the time that the clocks show leads back to the instant, or to the first of two.</summary>
    [Theory]
    [InlineData("America/New_York")]
    [InlineData("Europe/Berlin")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Shanghai")]
    public void ToUtc_EveryHalfHour_ComesBack(string name)
    {
        var calendar = new HospitalCalendar(TimeZoneInfo.FindSystemTimeZoneById(name), StatutoryDays.None);
        for (var instant = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); instant.Year == 2026; instant = instant.AddMinutes(30))
        {
            var back = calendar.ToUtc(calendar.ToLocal(instant));

            Assert.Equal(calendar.ToLocal(instant), calendar.ToLocal(back));
            Assert.True(back <= instant && instant - back <= TimeSpan.FromHours(1));
        }
    }

    [Theory]
    [InlineData("09:00-20:00", true)]
    [InlineData("20:00-09:00", false)]
    [InlineData("09:00", false)]
    [InlineData("9-20", false)]
    [InlineData("24:00-25:00", false)]
    public void Parse_Window_IsOneOrNot(string text, bool isOne) => Assert.Equal(isOne, DailyWindow.Parse(text) is not null);

    private static HospitalCalendar Calendar() => new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), China);

    private static void AssertForward(string from, string expected, AllowedTimes allowed) => Assert.Equal(expected, Local(Calendar().Forward(At(from), allowed)));

    private static DateTimeOffset At(string local) => new(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    private static string Local(DateTimeOffset instant) => instant.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
