using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.Mapping.Language;
using Integration.Fhir.FhirPath;

namespace Integration.Core.FollowUps.Rules;

/// <summary>When something is due: <c>3 days after period.end</c>, <c>2 hours before start</c>, <c>(daysSupply - 3) days after whenHandedOver</c>, <c>at once</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Count">How many units; null when <paramref name="CountPath"/> says it.</param>
/// <param name="CountPath">An expression that gives the number of units; null when it is fixed.</param>
/// <param name="IsBefore">The time lies before the anchor.</param>
/// <param name="Anchor">What is counted from; null: when the event happened.</param>
/// <param name="At">Time of the day; null: that of the anchor.</param>
public sealed partial record DueTime(
    string Text, int? Count, RuleExpression? CountPath, SpanUnit Unit, bool IsBefore, RuleExpression? Anchor, TimeOnly? At)
{
    /// <summary>How due times are written, for the problem about one that is not.</summary>
    public const string Forms = "'at once', '3 days after event', '1 day before start at 18:00', 'on occurrence' or '(daysSupply - 3) days after whenHandedOver'";

    /// <summary>Time of the day that a date without one stands for, where the window allows it.</summary>
    private static readonly TimeOnly Morning = new(9, 0);

    /// <summary>Null when the text is no due time, which has then been reported.</summary>
    internal static DueTime? Parse(Word word, Func<Word, RuleExpression?> compile, ProblemList problems)
    {
        if (word.Text == "at once")
        {
            return new DueTime(word.Text, 0, null, SpanUnit.Minute, false, null, null);
        }

        var match = Form().Match(word.Text);
        if (!match.Success)
        {
            problems.Add(word.Position, "It does not say when something is due.", $"Write it as {Forms}.");
            return null;
        }

        Word Part(Group group) => new(group.Value, word.Position.Plus(group.Index));
        var (anchorText, timeText) = (match.Groups["anchor"], match.Groups["time"]);
        var at = timeText.Success ? DailyWindow.Time(timeText.Value) : null;
        if (timeText.Success && at is null)
        {
            problems.Add(Part(timeText).Position, $"'{timeText.Value}' is not a time of a day.", "Write it as 18:00.");
            return null;
        }

        var anchor = anchorText.Value == "event" ? null : compile(Part(anchorText));
        var countPath = match.Groups["path"].Success ? compile(Part(match.Groups["path"])) : null;
        var isOn = match.Groups["on"].Success;
        var unit = isOn ? SpanUnit.Day : CalendarSpan.UnitOf(match.Groups["unit"].Value);
        if (at is not null && unit < SpanUnit.Day)
        {
            problems.Add(Part(timeText).Position, "Minutes and hours give a time already.", "Leave out 'at', or count in days.");
            return null;
        }

        int? count = isOn ? 0 : match.Groups["count"].Success ? int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) : null;
        if ((anchor is null && anchorText.Value != "event") || (count is null && countPath is null))
        {
            return null;
        }

        return new DueTime(word.Text, count, countPath, unit, match.Groups["way"].Value == "before", anchor, at);
    }

    /// <summary>What is counted from (UTC), and when it is due before any window; null when the resource does not say.</summary>
    /// <param name="eventTime">When the event happened.</param>
    /// <exception cref="FhirPathException">An expression asks for what the resource cannot give.</exception>
    public (DateTimeOffset Anchor, DateTimeOffset Due)? Of(JsonElement resource, DateTimeOffset eventTime, FhirPathContext context, HospitalCalendar calendar)
    {
        if (AnchorOf(resource, eventTime, context, calendar) is not { } anchor || CountOf(resource, context) is not { } count)
        {
            return null;
        }

        var span = new CalendarSpan(Math.Abs(count), Unit);
        var due = IsBefore == count >= 0 ? span.Before(anchor, calendar) : span.After(anchor, calendar);
        if (count == 0)
        {
            due = anchor;
        }

        return (anchor, At is { } time ? calendar.ToUtc(calendar.DayOf(due), time) : due);
    }

    private DateTimeOffset? AnchorOf(JsonElement resource, DateTimeOffset eventTime, FhirPathContext context, HospitalCalendar calendar) =>
        Anchor is null ? eventTime : Anchor.Value(resource, context) is { } text ? Instant(text.TrimStart('@'), calendar) : null;

    private int? CountOf(JsonElement resource, FhirPathContext context)
    {
        if (Count is { } known)
        {
            return known;
        }

        return CountPath!.Value(resource, context) is { } text && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= CalendarSpan.Most
            ? (int)Math.Floor(number)
            : null;
    }

    /// <summary>A FHIR date or dateTime; a day without a time is its morning by the hospital's clocks. Null when it is neither.</summary>
    internal static DateTimeOffset? Instant(string text, HospitalCalendar calendar)
    {
        var day = text.Length switch { 4 => text + "-01-01", 7 => text + "-01", _ => text };
        if (DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return calendar.ToUtc(date, Morning);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : null;
    }

    [GeneratedRegex(@"^(?:(?:(?<count>\d{1,4})|(?<path>\(.+\))) (?<unit>minute|hour|day|week|month|year)s? (?<way>after|before)|(?<on>on)) (?<anchor>.+?)(?: at (?<time>\S+))?$")]
    private static partial Regex Form();
}
