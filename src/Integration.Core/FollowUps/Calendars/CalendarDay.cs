using System.Globalization;
using System.Text.RegularExpressions;

namespace Integration.Core.FollowUps.Calendars;

/// <summary>A day that comes again and again: every year, month or week. Closed set.</summary>
public abstract partial record CalendarDay
{
    private CalendarDay()
    {
    }

    /// <summary>How days are written, for the problem about one that is not.</summary>
    public const string Forms = "birthday, lunar birthday, 10-01, second Sunday of May, lunar 08-15, 1 day before one of the last three, day 1 of every month, first Monday of every month, or every Monday";

    /// <summary>Each patient's own day, by the common calendar.</summary>
    public sealed record Birthday : CalendarDay;

    /// <summary>Each patient's own day, by the Chinese calendar.</summary>
    public sealed record LunarBirthday : CalendarDay;

    /// <summary>The same day and month every year; 29 February in leap years only.</summary>
    public sealed record Fixed(int Month, int Day) : CalendarDay;

    /// <param name="Number">1 to 4, or 5 for the last.</param>
    public sealed record Weekday(int Number, DayOfWeek Day, int Month) : CalendarDay;

    /// <summary>The same day of every month; the last day of months that are shorter.</summary>
    public sealed record OfEveryMonth(int Day) : CalendarDay;

    /// <param name="Number">1 to 4, or 5 for the last.</param>
    public sealed record WeekdayOfEveryMonth(int Number, DayOfWeek Day) : CalendarDay;

    /// <summary>The same day of every week.</summary>
    public sealed record OfEveryWeek(DayOfWeek Day) : CalendarDay;

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
        Weekday own => day.Month == own.Month && IsWeekday(day, own.Number, own.Day),
        OfEveryMonth own => day.Day == Math.Min(own.Day, DateTime.DaysInMonth(day.Year, day.Month)),
        WeekdayOfEveryMonth own => IsWeekday(day, own.Number, own.Day),
        OfEveryWeek own => day.DayOfWeek == own.Day,
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

        if (Form.OfMonth().Match(text) is { Success: true } each)
        {
            return NumberOf(each.Groups[1].Value) is var number and <= 31 ? new OfEveryMonth(number) : null;
        }

        if (Form.OfWeek().Match(text) is { Success: true } week)
        {
            return new OfEveryWeek(Enum.Parse<DayOfWeek>(week.Groups[1].Value));
        }

        if (Form.OfWeekday().Match(text) is not { Success: true } weekday)
        {
            return null;
        }

        var (which, name) = (Array.IndexOf(Form.Numbers, weekday.Groups[1].Value) + 1, Enum.Parse<DayOfWeek>(weekday.Groups[2].Value));
        var ofMonth = Array.IndexOf(CultureInfo.InvariantCulture.DateTimeFormat.MonthNames, weekday.Groups[3].Value) + 1;
        return ofMonth == 0 ? new WeekdayOfEveryMonth(which, name) : new Weekday(which, name, ofMonth);
    }

    private static bool IsWeekday(DateOnly day, int number, DayOfWeek name) =>
        day.DayOfWeek == name && (number == 5 ? day.AddDays(7).Month != day.Month : (day.Day - 1) / 7 == number - 1);

    private static int NumberOf(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static partial class Form
    {
        public static readonly string[] Numbers = ["first", "second", "third", "fourth", "last"];

        [GeneratedRegex(@"^([1-9]\d?) days? before (.+)$")]
        public static partial Regex OfBefore();

        [GeneratedRegex(@"^(lunar )?(\d\d)-(\d\d)$")]
        public static partial Regex OfDate();

        [GeneratedRegex(@"^day ([1-9]\d?) of every month$")]
        public static partial Regex OfMonth();

        [GeneratedRegex("^every (Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)$")]
        public static partial Regex OfWeek();

        [GeneratedRegex("^(first|second|third|fourth|last) (Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday) of "
            + "(January|February|March|April|May|June|July|August|September|October|November|December|every month)$")]
        public static partial Regex OfWeekday();
    }
}
