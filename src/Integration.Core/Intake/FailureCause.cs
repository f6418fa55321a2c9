using System.Globalization;
using System.Text;
using Integration.Core.Diagnostics;

namespace Integration.Core.Intake;

/// <summary>What messages that failed alike have in common, so that they can be counted, mended and run again together.</summary>
/// <param name="Stage">Where they stopped: <c>intake</c>, a stage's name, or <c>commit</c>.</param>
/// <param name="Code">Their first error; null for a code of a newer engine.</param>
/// <param name="Place">Where in the source, without the numbers of repetitions: <c>OBX-5</c>; empty when the whole message is meant.</param>
/// <param name="MappingVersion">Version of the mappings; null where they stopped before.</param>
public sealed record FailureCause(string Stage, IntegrationErrorCode? Code, string Place, string? MappingVersion)
{
    private const char Separator = '/';
    private const int MaxPlace = 80;

    /// <summary>The cause as it is stored, e.g. <c>map/3102/OBX-5/0123456789ab</c>.</summary>
    /// <param name="issues">All issues of the message; the first error counts.</param>
    public static string Of(string stage, IReadOnlyList<MessageIssue> issues, string? mappingVersion)
    {
        var error = issues.FirstOrDefault(issue => issue.Severity == IssueSeverity.Error);
        return string.Create(CultureInfo.InvariantCulture, $"{stage}{Separator}{(int?)error?.Code ?? 0}{Separator}{WithoutNumbers(error?.Place ?? "")}{Separator}{mappingVersion}");
    }

    /// <summary>Reads a stored cause.</summary>
    public static FailureCause Read(string stored)
    {
        var parts = stored.Split(Separator);
        var code = int.TryParse(parts.ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && Enum.IsDefined((IntegrationErrorCode)number) ? (IntegrationErrorCode)number : (IntegrationErrorCode?)null;
        return new FailureCause(parts[0], code, parts.ElementAtOrDefault(2) ?? "", parts.ElementAtOrDefault(3) is { Length: > 0 } version ? version : null);
    }

    // OBX[17]-5[2] and OBX[3]-5 are one place in the mapping.
    private static string WithoutNumbers(string place)
    {
        var text = new StringBuilder(place.Length);
        var inside = false;
        foreach (var letter in place)
        {
            inside = letter == '[' || (inside && letter != ']');
            if (!inside && letter is not (']' or Separator))
            {
                text.Append(letter);
            }
        }

        return text.ToString(0, Math.Min(text.Length, MaxPlace));
    }
}
