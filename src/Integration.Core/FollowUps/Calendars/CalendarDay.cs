using System.Globalization;
using System.Text.RegularExpressions;

namespace Integration.Core.FollowUps.Calendars;

/// <summary>A day that comes every year. Closed set.</summary>
public abstract partial record CalendarDay
{
    private CalendarDay()
    {
    }

    /// <summary>How days are written, for the problem about one that is not.</summary>
    public const string Forms = "birthday, lunar birthday, 10-01, second Sunday of May, lunar 08-15, or 1 day before one of the last three";

    /// <summary>Each patient's own day, by the common calendar.</summary>
    public sealed record Birthday : CalendarDay;

    /// <summary>Each patient's own day, by the Chinese calendar.</summary>
    public sealed record LunarBirthday : CalendarDay;

    /// <summary>The same day and month every year; 29 February in leap years only.</summary>
    public sealed record Fixed(int Month, int Day) : CalendarDay;

    /// <param name="Number">1 to 4, or 5 for the last.</param>
    public sealed record Weekday(int Number, DayOfWeek Day, int Month) : CalendarDay;

    /// <summary>A day of the Chinese calendar.</summary>
    public sealed record Lunar(LunarDate Date) : CalendarDay;

    /// <param name="Days">How many; at least one.</param>
    public sealed record Before(int Days, CalendarDay Day) : CalendarDay;

    /// <summary>Whether it is the same for everybody.</summary>
    public bool IsFestival => this is not (Birthday or LunarBirthday);

    /// <summary>Whether a day is the one; false for birthdays, which need a person.</summary>
    public bool Is(DateOnly day) => this switch
    {
        Fixed own => (day.Month, day.Day) == (own.Month, own.Day),
        Weekday own => day.Month == own.Month && day.DayOfWeek == own.Day
            && (own.Number == 5 ? day.AddDays(7).Month != own.Month : (day.Day - 1) / 7 == own.Number - 1),
        Lunar own => own.Date.InLunarYear(day.Year) == day || own.Date.InLunarYear(day.Year - 1) == day,
        Before own => own.Day.Is(day.AddDays(own.Days)),
        _ => false,
    };

    /// <summary>Reads one of <see cref="Forms"/>; null when it is none.</summary>
    public static CalendarDay? Parse(string text)
    {
        switch (text)
        {
            case "birthday":
                return new Birthday();
            case "lunar birthday":
                return new LunarBirthday();
        }

        if (Form.OfBefore().Match(text) is { Success: true } before)
        {
            return Parse(before.Groups[2].Value) is { IsFestival: true } day ? new Before(NumberOf(before.Groups[1].Value), day) : null;
        }

        if (Form.OfDate().Match(text) is { Success: true } date)
        {
            var (month, day) = (NumberOf(date.Groups[2].Value), NumberOf(date.Groups[3].Value));
            var isLunar = date.Groups[1].Success;
            return month is < 1 or > 12 || day < 1 || day > (isLunar ? 30 : DateTime.DaysInMonth(2024, month)) ? null
                : isLunar ? new Lunar(new LunarDate(month, day)) : new Fixed(month, day);
        }

        return Form.OfWeekday().Match(text) is { Success: true } weekday
            ? new Weekday(
                Array.IndexOf(Form.Numbers, weekday.Groups[1].Value) + 1, Enum.Parse<DayOfWeek>(weekday.Groups[2].Value),
                Array.IndexOf(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames, weekday.Groups[3].Value) + 1)
            : null;
    }

    private static int NumberOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static partial class Form
    {
        public static readonly string[] Numbers = ["first", "second", "third", "fourth", "last"];

        [GeneratedRegex(@"^([1-9]\d?) days? before (.+)$")]
        public static partial Regex OfBefore();

        [GeneratedRegex(@"^(lunar )?(\d\d)-(\d\d)$")]
        public static partial Regex OfDate();

        [GeneratedRegex("^(first|second|third|fourth|last) (Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday) of "
            + "(January|February|March|April|May|June|July|August|September|October|November|December)$")]
        public static partial Regex OfWeekday();
    }
}
