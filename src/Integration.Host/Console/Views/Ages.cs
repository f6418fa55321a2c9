using System.Globalization;
using Integration.Host.Console.Texts;

namespace Integration.Host.Console.Views;

/// <summary>Age as a ward says it: days for the newborn, months below two years, then years.</summary>
internal static class Ages
{
    /// <param name="birthDate">FHIR R4 date: <c>yyyy</c>, <c>yyyy-MM</c> or <c>yyyy-MM-dd</c>; a coarse one gives a coarse age.</param>
    /// <returns>Empty when there is no readable date, or it lies in the future.</returns>
    public static string Of(string? birthDate, DateOnly today)
    {
        if (birthDate is { Length: 4 } && int.TryParse(birthDate, NumberStyles.None, CultureInfo.InvariantCulture, out var year))
        {
            return today.Year < year ? "" : ConsoleTexts.Years.With(today.Year - year);
        }

        var text = birthDate is { Length: 7 } ? birthDate + "-01" : birthDate;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) || born > today)
        {
            return "";
        }

        var months = ((today.Year - born.Year) * 12) + today.Month - born.Month - (today.Day < born.Day ? 1 : 0);
        return months switch
        {
            0 => ConsoleTexts.Days.With(today.DayNumber - born.DayNumber),
            < 24 => ConsoleTexts.Months.With(months),
            _ => ConsoleTexts.Years.With(months / 12),
        };
    }
}
