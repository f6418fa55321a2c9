using System.Globalization;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.Records;

namespace Integration.Core.FollowUps.Planning;

/// <summary>By what patients are found on their birthdays: <c>02-29</c> and <c>lunar 01-15</c>.</summary>
internal static class BirthdayKeys
{
    /// <summary>Keys of a summary; none for the dead, the merged and those whose day of birth is not known.</summary>
    public static IReadOnlyList<string> Of(PatientDocument patient) => patient.MergedInto is not null || patient.Demographics.Deceased || Born(patient) is not { } born
        ? []
        : LunarDate.Of(born) is { } lunar ? [Key(born), Key(lunar)] : [Key(born)];

    /// <summary>The whole day of birth; null when the record does not say it.</summary>
    public static DateOnly? Born(PatientDocument patient) =>
        patient.Demographics.BirthDate is { Length: >= 10 } text
        && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born)
            ? born
            : null;

    /// <summary>Keys of everybody who may have a birthday on a day; whether they do depends on the rule.</summary>
    public static IReadOnlyList<string> On(DateOnly day, bool isLunar)
    {
        if (!isLunar)
        {
            return day is { Month: 2, Day: 28 } or { Month: 3, Day: 1 } ? [Key(day), "02-29"] : [Key(day)];
        }

        if (LunarDate.Of(day) is not { } date)
        {
            return [];
        }

        var dates = date.Day == 29 ? new[] { date, date with { Day = 30 } } : [date];
        return [.. dates.SelectMany(d => new[] { Key(d with { IsLeap = false }), Key(d with { IsLeap = true }) })];
    }

    private static string Key(DateOnly day) => day.ToString("MM-dd", CultureInfo.InvariantCulture);

    private static string Key(LunarDate date) => $"lunar {date}";
}
