using System.Globalization;

namespace Integration.Core.Identity;

/// <summary>
/// The 18-digit resident identity number of the People's Republic of China. GB 11643-1999: division code (6), date of birth (8),
/// sequence (3, odd for men), check character (ISO/IEC 7064 MOD 11-2, X for ten).
/// </summary>
public static class ResidentId
{
    /// <summary>FHIR <c>identifier.system</c> of resident identity numbers.</summary>
    public const string System = "urn:oid:2.16.156.10011.1.3";

    private const string CheckCharacters = "10X98765432";

    /// <summary>Whether the text is such a number: 18 characters, a day that exists, the right check character. A small x is accepted.</summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: 18 } || text[0] == '0')
        {
            return false;
        }

        // Weight of position i is 2^(17-i) mod 11, so that the sum can be built by doubling.
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return false;
            }

            sum = ((sum + (text[i] - '0')) * 2) % 11;
        }

        return char.ToUpperInvariant(text[17]) == CheckCharacters[sum] && BirthDate(text) is not null;
    }

    /// <summary>The date of birth in the number; null when the text has no readable one. Does not check the rest.</summary>
    public static DateOnly? BirthDate(string? text) =>
        text is { Length: 18 } && DateOnly.TryParseExact(text.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    /// <summary>FHIR administrative gender in the number, <c>male</c> or <c>female</c>; null when the text has none. Does not check the rest.</summary>
    public static string? Sex(string? text) =>
        text is { Length: 18 } && char.IsAsciiDigit(text[16]) ? ((text[16] - '0') % 2 == 1 ? "male" : "female") : null;
}
