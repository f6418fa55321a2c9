using Integration.Core.FollowUps.Calendars;

namespace Integration.Tests.FollowUps.Calendars;

public sealed class LunarDateTests
{
    /// <summary>Days of festivals as the almanacs print them.</summary>
    [Theory]
    [InlineData("lunar 01-01", 2025, "2025-01-29")]
    [InlineData("lunar 01-01", 2026, "2026-02-17")]
    [InlineData("lunar 01-01", 2027, "2027-02-06")]
    [InlineData("lunar 01-01", 2028, "2028-01-26")]
    [InlineData("lunar 08-15", 2025, "2025-10-06")]
    [InlineData("lunar 08-15", 2026, "2026-09-25")]
    [InlineData("lunar 08-15", 2027, "2027-09-15")]
    [InlineData("lunar 08-15", 2028, "2028-10-03")]
    [InlineData("lunar 05-05", 2025, "2025-05-31")]
    [InlineData("lunar 09-09", 2025, "2025-10-29")]
    [InlineData("lunar 12-08", 2025, "2025-01-07")]
    [InlineData("1 day before lunar 01-01", 2025, "2025-01-28")]
    [InlineData("1 day before lunar 01-01", 2026, "2026-02-16")]
    [InlineData("second Sunday of May", 2026, "2026-05-10")]
    [InlineData("third Sunday of June", 2026, "2026-06-21")]
    [InlineData("last Monday of May", 2026, "2026-05-25")]
    [InlineData("03-08", 2026, "2026-03-08")]
    [InlineData("10-01", 2027, "2027-10-01")]
    public void Parse_Festival_FallsOnItsDayAndOnNoOtherOfTheYear(string text, int year, string expected)
    {
        var day = CalendarDay.Parse(text)!;

        var days = Enumerable.Range(0, DateTime.IsLeapYear(year) ? 366 : 365).Select(i => new DateOnly(year, 1, 1).AddDays(i)).Where(day.Is);

        Assert.Equal([DateOnly.Parse(expected, null)], days.Take(expected.Contains("-01-07", StringComparison.Ordinal) ? 1 : 2));
    }

    [Theory]
    [InlineData("every Monday", 52, "2026-01-05", "2026-12-28")]
    [InlineData("day 1 of every month", 12, "2026-01-01", "2026-12-01")]
    [InlineData("day 31 of every month", 12, "2026-01-31", "2026-12-31")]
    [InlineData("day 30 of every month", 12, "2026-01-30", "2026-12-30")]
    [InlineData("first Monday of every month", 12, "2026-01-05", "2026-12-07")]
    [InlineData("last Friday of every month", 12, "2026-01-30", "2026-12-25")]
    [InlineData("1 day before day 1 of every month", 12, "2026-01-31", "2026-12-31")]
    public void Parse_DayOfEveryMonthOrWeek_ComesSoOftenIn2026(string text, int count, string first, string last)
    {
        var day = CalendarDay.Parse(text)!;

        var days = Enumerable.Range(0, 365).Select(i => new DateOnly(2026, 1, 1).AddDays(i)).Where(day.Is).ToList();

        Assert.Equal((count, DateOnly.Parse(first, null), DateOnly.Parse(last, null)), (days.Count, days[0], days[^1]));
    }

    [Theory]
    [InlineData("13-01")]
    [InlineData("02-30")]
    [InlineData("lunar 01-31")]
    [InlineData("sixth Sunday of May")]
    [InlineData("second Funday of May")]
    [InlineData("day 32 of every month")]
    [InlineData("every Funday")]
    [InlineData("1 day before birthday")]
    [InlineData("")]
    public void Parse_NoDay_IsNull(string text) => Assert.Null(CalendarDay.Parse(text));

    [Fact]
    public void Parse_LeapDay_ComesInLeapYearsOnly()
    {
        var day = CalendarDay.Parse("02-29")!;

        Assert.True(day.Is(new DateOnly(2028, 2, 29)));
        Assert.False(day.Is(new DateOnly(2027, 2, 28)));
        Assert.False(day.Is(new DateOnly(2027, 3, 1)));
    }

    /// <summary>Turning a day into its lunar date and back gives the day, for every day of two centuries that the calendar knows.</summary>
    [Fact]
    public void Of_EveryDay_ComesBack()
    {
        for (var day = new DateOnly(1902, 1, 1); day.Year < 2100; day = day.AddDays(1))
        {
            var date = LunarDate.Of(day)!.Value;

            Assert.True(date.InLunarYear(day.Year) == day || date.InLunarYear(day.Year - 1) == day, $"{day} is {date}");
        }
    }

    [Theory]
    [InlineData("2025-07-25", "06+01")]
    [InlineData("2023-03-22", "02+01")]
    [InlineData("2020-05-23", "04+01")]
    [InlineData("2020-04-23", "04-01")]
    [InlineData("2024-02-10", "01-01")]
    public void Of_DayOfALeapMonth_SaysSo(string day, string expected) => Assert.Equal(expected, LunarDate.Of(DateOnly.Parse(day, null)).ToString());

    [Theory]
    [InlineData("1901-01-01")]
    [InlineData("2150-01-01")]
    public void Of_DayOutsideTheCalendar_IsNull(string day) => Assert.Null(LunarDate.Of(DateOnly.Parse(day, null)));
}
