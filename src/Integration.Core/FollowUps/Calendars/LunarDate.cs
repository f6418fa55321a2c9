using System.Globalization;

namespace Integration.Core.FollowUps.Calendars;

/// <summary>A day of the Chinese calendar without its year.</summary>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 30.</param>
/// <param name="IsLeap">Of the leap month that follows the month of this number.</param>
public readonly record struct LunarDate(int Month, int Day, bool IsLeap = false)
{
    private static readonly ChineseLunisolarCalendar Lunar = new();

    /// <summary>First and last day that the calendar knows; outside of them there is no lunar date.</summary>
    public static (DateOnly First, DateOnly Last) Known { get; } =
        (DateOnly.FromDateTime(Lunar.MinSupportedDateTime).AddDays(1), DateOnly.FromDateTime(Lunar.MaxSupportedDateTime).AddDays(-1));

    /// <summary>The lunar date of a day; null outside of what the calendar knows (1901 to 2101).</summary>
    public static LunarDate? Of(DateOnly day)
    {
        if (day < Known.First || day > Known.Last)
        {
            return null;
        }

        var time = day.ToDateTime(TimeOnly.MinValue);
        var (year, number) = (Lunar.GetYear(time), Lunar.GetMonth(time));
        var leap = Lunar.GetLeapMonth(year);   // the number of the leap month among 13; 0: the year has none
        return new LunarDate(leap > 0 && number >= leap ? number - 1 : number, Lunar.GetDayOfMonth(time), leap > 0 && number == leap);
    }

    /// <summary>The day in the lunar year that begins in a year; null when that lunar year has no such day.</summary>
    /// <param name="year">Of the common calendar in which the lunar year begins.</param>
    public DateOnly? InLunarYear(int year)
    {
        if (year < Known.First.Year || year >= Known.Last.Year)
        {
            return null;
        }

        var leap = Lunar.GetLeapMonth(year);
        if (IsLeap && leap != Month + 1)
        {
            return null;
        }

        var number = IsLeap || (leap > 0 && Month >= leap) ? Month + 1 : Month;
        return Day > Lunar.GetDaysInMonth(year, number) ? null : DateOnly.FromDateTime(Lunar.ToDateTime(year, number, Day, 0, 0, 0, 0));
    }

    /// <summary><c>08-15</c>; of a leap month <c>08+15</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Month:00}{(IsLeap ? '+' : '-')}{Day:00}");
}
