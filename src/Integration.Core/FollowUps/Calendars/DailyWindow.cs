using System.Globalization;

namespace Integration.Core.FollowUps.Calendars;

/// <summary>The time of a day in which people may be reached, both ends included; the same every day, and never over midnight.</summary>
public sealed record DailyWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>What may be done at any time.</summary>
    public static DailyWindow Always { get; } = new(TimeOnly.MinValue, TimeOnly.MaxValue);

    /// <summary>Reads <c>09:00-20:00</c>; null when it is no window, or ends before it begins.</summary>
    public static DailyWindow? Parse(string text) =>
        text.Split('-') is [var first, var second] && Time(first) is { } from && Time(second) is { } to && from < to ? new DailyWindow(from, to) : null;

    public bool Contains(TimeOnly time) => time >= From && time <= To;

    /// <summary>Reads <c>09:00</c>; null when it is no time of a day.</summary>
    public static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH:mm}-{To:HH:mm}");
}
