namespace Integration.Core.FollowUps.Calendars;

/// <summary>What a due time must keep to, whatever its rule counts.</summary>
/// <param name="Window">Of each day.</param>
/// <param name="HolidaysShift">Not on statutory days off.</param>
/// <param name="WeekendsShift">Not on Saturdays and Sundays, unless the statutory table makes them working days.</param>
public sealed record AllowedTimes(DailyWindow Window, bool HolidaysShift, bool WeekendsShift)
{
    public static AllowedTimes Always { get; } = new(DailyWindow.Always, HolidaysShift: false, WeekendsShift: false);
}

/// <summary>
/// Days and times as the hospital's clocks show them. Times are kept in UTC and turned with the rules of the zone, never with those of the machine:
/// an hour that daylight saving leaves out begins when it would have ended, an hour that comes twice is the first. Immutable.
/// </summary>
public sealed class HospitalCalendar(TimeZoneInfo zone, StatutoryDays days)
{
    /// <summary>A table that makes every day of a year a day off must not keep a search from ending.</summary>
    private const int LongestShiftDays = 60;

    public TimeZoneInfo Zone => zone;

    public StatutoryDays Days => days;

    /// <summary>What the hospital's clocks show.</summary>
    public DateTime ToLocal(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone).DateTime;

    public DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(ToLocal(instant));

    /// <summary>When the hospital's clocks show this time (UTC).</summary>
    public DateTimeOffset ToUtc(DateTime local)
    {
        var time = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(time))
        {
            // 02:30 of a night that goes from 02:00 to 03:00 is 03:30 by the clock before.
            return new DateTimeOffset(time, zone.GetUtcOffset(time.AddHours(-3))).ToUniversalTime();
        }

        var offset = zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time);
        return new DateTimeOffset(time, offset).ToUniversalTime();
    }

    public DateTimeOffset ToUtc(DateOnly day, TimeOnly time) => ToUtc(day.ToDateTime(time));

    /// <summary>Whether something may be due on that day.</summary>
    public bool Allows(DateOnly day, AllowedTimes allowed) =>
        !(allowed.HolidaysShift && days.IsHoliday(day)) && !(allowed.WeekendsShift && days.IsFreeWeekend(day));

    /// <summary>The first allowed time at or after an instant. A day that is passed over keeps the time of the day.</summary>
    public DateTimeOffset Forward(DateTimeOffset instant, AllowedTimes allowed)
    {
        var local = ToLocal(instant);
        var (day, time) = (DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
        if (Allows(day, allowed) && allowed.Window.Contains(time))
        {
            return instant;
        }

        (day, time) = time > allowed.Window.To ? (day.AddDays(1), allowed.Window.From) : (day, Later(time, allowed.Window.From));
        for (var i = 0; i < LongestShiftDays && !Allows(day, allowed); i++)
        {
            day = day.AddDays(1);
        }

        return ToUtc(day, time);
    }

    /// <summary>The last allowed time at or before an instant. A day that is passed over keeps the time of the day.</summary>
    public DateTimeOffset Backward(DateTimeOffset instant, AllowedTimes allowed)
    {
        var local = ToLocal(instant);
        var (day, time) = (DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local));
        if (Allows(day, allowed) && allowed.Window.Contains(time))
        {
            return instant;
        }

        (day, time) = time < allowed.Window.From ? (day.AddDays(-1), allowed.Window.To) : (day, Earlier(time, allowed.Window.To));
        for (var i = 0; i < LongestShiftDays && !Allows(day, allowed); i++)
        {
            day = day.AddDays(-1);
        }

        return ToUtc(day, time);
    }

    private static TimeOnly Later(TimeOnly one, TimeOnly other) => one > other ? one : other;

    private static TimeOnly Earlier(TimeOnly one, TimeOnly other) => one < other ? one : other;
}
