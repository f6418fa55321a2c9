using Integration.Core.FollowUps.Calendars;

namespace Integration.Tests.FollowUps.Calendars;

public sealed class BirthdaysTests
{
    [Theory]
    [InlineData("1980-02-03", 2027, LeapDayPolicy.February28, "2027-02-03")]
    [InlineData("1980-02-29", 2027, LeapDayPolicy.February28, "2027-02-28")]
    [InlineData("1980-02-29", 2027, LeapDayPolicy.March1, "2027-03-01")]
    [InlineData("1980-02-29", 2027, LeapDayPolicy.LeapYearsOnly, null)]
    [InlineData("1980-02-29", 2028, LeapDayPolicy.February28, "2028-02-29")]
    [InlineData("1980-02-29", 2028, LeapDayPolicy.LeapYearsOnly, "2028-02-29")]
    [InlineData("1980-02-29", 2100, LeapDayPolicy.February28, "2100-02-28")]
    [InlineData("2027-02-03", 2027, LeapDayPolicy.February28, null)]
    public void Solar_Year_GivesTheDay(string born, int year, LeapDayPolicy policy, string? expected) =>
        Assert.Equal(Day(expected), Birthdays.Solar(Day(born)!.Value, year, policy));

    /// <summary>Born on the first day of the leap sixth month of 2025; 2044 has a leap seventh, 2036 a leap sixth.</summary>
    [Theory]
    [InlineData("2020-05-23", 2025, LeapMonthPolicy.RegularMonth, "2025-04-28")]
    [InlineData("2025-07-25", 2026, LeapMonthPolicy.RegularMonth, "2026-07-14")]
    [InlineData("2025-07-25", 2036, LeapMonthPolicy.RegularMonth, "2036-06-24")]
    [InlineData("2025-07-25", 2036, LeapMonthPolicy.LeapMonthWhenThere, "2036-07-23")]
    [InlineData("2025-07-25", 2026, LeapMonthPolicy.LeapMonthWhenThere, "2026-07-14")]
    [InlineData("1980-02-16", 2025, LeapMonthPolicy.RegularMonth, "2025-01-29")]
    public void Lunar_Year_GivesTheDay(string born, int year, LeapMonthPolicy policy, string expected) =>
        Assert.Equal(Day(expected), Birthdays.Lunar(Day(born)!.Value, year, policy));

    /// <summary>Everybody born in a century has exactly one lunar birthday in every lunar year, the 30th of a short month included.</summary>
    [Fact]
    public void Lunar_EveryDayOfBirth_HasABirthdayInEveryLunarYear()
    {
        for (var born = new DateOnly(1950, 1, 1); born.Year < 1960; born = born.AddDays(1))
        {
            for (var year = 2024; year < 2045; year++)
            {
                Assert.NotNull(Birthdays.Lunar(born, year, LeapMonthPolicy.RegularMonth));
            }
        }
    }

    /// <summary>A lunar birthday may fall into the common year after the one in which its lunar year began.</summary>
    [Fact]
    public void IsLunar_TwelfthMonth_IsFoundInTheYearAfter()
    {
        var born = new DateOnly(1981, 1, 20);   // 庚申 twelfth month, 15th

        Assert.Equal(new LunarDate(12, 15), LunarDate.Of(born));
        Assert.True(Birthdays.IsLunar(born, new DateOnly(2026, 2, 2), LeapMonthPolicy.RegularMonth));
    }

    private static DateOnly? Day(string? text) => text is null ? null : DateOnly.Parse(text, null);
}
