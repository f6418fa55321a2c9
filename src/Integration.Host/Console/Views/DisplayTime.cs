using System.Globalization;
using System.Text.RegularExpressions;
using Integration.Host.Console.Texts;
using Microsoft.Extensions.Options;

namespace Integration.Host.Console.Views;

/// <summary>Times as people of one hospital read them: in its zone, <c>2026-11-21 14:03:05</c>, or how long ago. Safe for many threads.</summary>
public sealed partial class DisplayTime(IOptions<ConsoleOptions> options, TimeProvider clock)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(options.Value.TimeZone);

    public DateTimeOffset UtcNow => clock.GetUtcNow();

    /// <summary>Today in the hospital's zone.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Local(UtcNow).DateTime);

    /// <summary>When the day begins in the hospital's zone.</summary>
    public DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), _zone.GetUtcOffset(day.ToDateTime(TimeOnly.MinValue)));

    public string Absolute(DateTimeOffset time) => Local(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public string Day(DateTimeOffset time) => Local(time).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public string TimeOfDay(DateTimeOffset time) => Local(time).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in the largest unit that fits.</summary>
    public string Relative(DateTimeOffset time)
    {
        var age = UtcNow - time;
        return age switch
        {
            { TotalSeconds: < -60 } => ConsoleTexts.Ahead,
            { TotalSeconds: < 2 } => ConsoleTexts.JustNow,
            { TotalSeconds: < 120 } => ConsoleTexts.SecondsAgo.With(Whole(age.TotalSeconds)),
            { TotalMinutes: < 120 } => ConsoleTexts.MinutesAgo.With(Whole(age.TotalMinutes)),
            { TotalHours: < 48 } => ConsoleTexts.HoursAgo.With(Whole(age.TotalHours)),
            _ => ConsoleTexts.DaysAgo.With(Whole(age.TotalDays)),
        };
    }

    /// <summary>Time of a fact in a record.</summary>
    /// <param name="byDay">
    /// The kind of fact is usually known by its day only (a diagnosis, an insurance). Such a day is stored as its midnight in UTC;
    /// it is then shown as a day, not as an hour that nobody said.
    /// </param>
    public string OfFact(DateTimeOffset time, bool byDay) =>
        byDay && time.UtcDateTime.TimeOfDay == TimeSpan.Zero
            ? time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : Local(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>A text with the FHIR dateTimes in it shown like every other time.</summary>
    public string InText(string text) => FhirDateTime().Replace(text, match =>
        DateTimeOffset.TryParse(match.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Local(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
            : match.Value);

    private DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, _zone);

    private static string Whole(double amount) => ((long)amount).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")]
    private static partial Regex FhirDateTime();
}
