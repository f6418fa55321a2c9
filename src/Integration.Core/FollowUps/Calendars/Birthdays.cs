namespace Integration.Core.FollowUps.Calendars;

/// <summary>When somebody born on 29 February has a birthday in a year without that day.</summary>
public enum LeapDayPolicy
{
    February28,
    March1,
    LeapYearsOnly,
}

/// <summary>When somebody born in a leap month of the Chinese calendar has a birthday in a year that has no such month.</summary>
public enum LeapMonthPolicy
{
    /// <summary>In the month of the same number; also in years that have the leap month, which then is passed over.</summary>
    RegularMonth,

    /// <summary>In the leap month where the year has it, else in the month of the same number.</summary>
    LeapMonthWhenThere,
}

/// <summary>Birthdays by the common and by the Chinese calendar.</summary>
public static class Birthdays
{
    /// <summary>The birthday in a year; null when the year has none, or it is the year of birth or before.</summary>
    public static DateOnly? Solar(DateOnly born, int year, LeapDayPolicy leapDay)
    {
        if (year <= born.Year)
        {
            return null;
        }

        if (born is not { Month: 2, Day: 29 } || DateTime.IsLeapYear(year))
        {
            return new DateOnly(year, born.Month, born.Day);
        }

        return leapDay switch
        {
            LeapDayPolicy.February28 => new DateOnly(year, 2, 28),
            LeapDayPolicy.March1 => new DateOnly(year, 3, 1),
            _ => null,
        };
    }

    /// <summary>The birthday in the lunar year that begins in a year; null when there is none. The 30th of a month of 29 days is its 29th.</summary>
    public static DateOnly? Lunar(DateOnly born, int year, LeapMonthPolicy leapMonth)
    {
        if (LunarDate.Of(born) is not { } date)
        {
            return null;
        }

        var inLeapMonth = date.IsLeap && leapMonth == LeapMonthPolicy.LeapMonthWhenThere ? LastOf(date, year) : null;
        var day = inLeapMonth ?? LastOf(date with { IsLeap = false }, year);
        return day > born ? day : null;
    }

    /// <summary>Whether somebody has a birthday on a day.</summary>
    public static bool IsSolar(DateOnly born, DateOnly day, LeapDayPolicy leapDay) => Solar(born, day.Year, leapDay) == day;

    /// <inheritdoc cref="IsSolar"/>
    public static bool IsLunar(DateOnly born, DateOnly day, LeapMonthPolicy leapMonth) =>
        Lunar(born, day.Year, leapMonth) == day || Lunar(born, day.Year - 1, leapMonth) == day;

    private static DateOnly? LastOf(LunarDate date, int year) =>
        date.InLunarYear(year) ?? (date.Day == 30 ? (date with { Day = 29 }).InLunarYear(year) : null);
}
