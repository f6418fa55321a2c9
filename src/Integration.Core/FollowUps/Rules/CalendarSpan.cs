using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Core.FollowUps.Calendars;

namespace Integration.Core.FollowUps.Rules;

/// <summary>Units of a span. Minutes and hours are elapsed time; days and longer are steps on the hospital's calendar that keep the time of day.</summary>
public enum SpanUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// <summary>A length of time as people say it: <c>15 minutes</c>, <c>3 days</c>, <c>1 month</c>.</summary>
/// <param name="Count">Not negative.</param>
public sealed partial record CalendarSpan(int Count, SpanUnit Unit)
{
    /// <summary>The longest that any unit may count, so that no due time leaves the calendar.</summary>
    public const int Most = 10_000;

    /// <summary>How spans are written, for the problem about one that is not.</summary>
    public const string Forms = "15 minutes, 2 hours, 3 days, 2 weeks, 1 month or 1 year";

    /// <summary>Null when the text is no span.</summary>
    public static CalendarSpan? Parse(string text) =>
        Form().Match(text) is { Success: true } match && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count <= Most
            ? new CalendarSpan(count, UnitOf(match.Groups[2].Value))
            : null;

    /// <summary>The unit of a word such as <c>days</c>; the word must be one.</summary>
    internal static SpanUnit UnitOf(string word) => Enum.Parse<SpanUnit>(word.TrimEnd('s'), ignoreCase: true);

    /// <summary>That much later. The last day of a month stands for days that it does not have.</summary>
    public DateTimeOffset After(DateTimeOffset instant, HospitalCalendar calendar) => Move(instant, Count, calendar);

    /// <summary>That much earlier.</summary>
    public DateTimeOffset Before(DateTimeOffset instant, HospitalCalendar calendar) => Move(instant, -Count, calendar);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} {Unit.ToString().ToLowerInvariant()}{(Count == 1 ? "" : "s")}");

    private DateTimeOffset Move(DateTimeOffset instant, int count, HospitalCalendar calendar)
    {
        switch (Unit)
        {
            case SpanUnit.Minute:
                return instant.AddMinutes(count);
            case SpanUnit.Hour:
                return instant.AddHours(count);
        }

        var local = calendar.ToLocal(instant);
        return calendar.ToUtc(Unit switch
        {
            SpanUnit.Day => local.AddDays(count),
            SpanUnit.Week => local.AddDays(7 * count),
            SpanUnit.Month => local.AddMonths(count),
            _ => local.AddYears(count),
        });
    }

    [GeneratedRegex("^([0-9]{1,5}) (minute|hour|day|week|month|year)s?$")]
    private static partial Regex Form();
}
