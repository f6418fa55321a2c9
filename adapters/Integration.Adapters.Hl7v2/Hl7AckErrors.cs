using Integration.Adapters.Hl7v2.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Hl7v2;

/// <summary>
/// The ERR segments of an acknowledgement in the shape of its version: from v2.5 on one segment an issue with location, code, severity and
/// text apart (HL7 v2.5.1 §2.15.5); before it one segment whose ERR-1 repeats location and code together (HL7 v2.4 §2.16.5).
/// </summary>
internal static class Hl7AckErrors
{
    /// <summary>More of one kind are the same mistake again, and an answer must stay short.</summary>
    private const int MaxIssues = 50;

    /// <returns>Fields of each ERR segment, ERR-1 first. Errors come before warnings; notes are left out.</returns>
    public static IEnumerable<string[]> Segments(IEnumerable<MessageIssue> issues, string version, in Hl7Delimiters delimiters)
    {
        var component = OrStandard(delimiters.Component, '^');
        var told = issues.Where(i => i.Severity != IssueSeverity.Information).OrderByDescending(i => i.Severity).Take(MaxIssues).ToList();
        if (told.Count == 0)
        {
            return [];
        }

        var (subcomponent, repetition, all) = (OrStandard(delimiters.Subcomponent, '&'), OrStandard(delimiters.Repetition, '~'), delimiters);
        return string.CompareOrdinal(version, "2.5") >= 0
            ? told.Select(i => Fields(i, component, all))
            : [[string.Join(repetition, told.Select(i => LocationAndCode(i, component, subcomponent)))]];
    }

    private static string[] Fields(MessageIssue issue, char component, Hl7Delimiters delimiters) =>
    [
        "", Location(issue.Place, component), Code(issue, component), issue.Severity == IssueSeverity.Error ? "E" : "W",
        string.Join(component, (int)issue.Code, issue.Code), "", "", Hl7EscapeSequences.Encode(issue.Text, delimiters),
    ];

    /// <summary>Type ELD, four components: segment, its sequence, field, code.</summary>
    private static string LocationAndCode(MessageIssue issue, char component, char subcomponent)
    {
        var parts = Location(issue.Place, component).Split(component);
        return string.Join(component, parts.Concat(Enumerable.Repeat("", 3)).Take(3).Append(Code(issue, subcomponent)));
    }

    /// <summary>Type ERL: segment, its sequence, field, repetition, component, subcomponent; as many as the place names. Empty: the whole message.</summary>
    private static string Location(string place, char component)
    {
        if (!Hl7Path.TryParse(place, out var path))
        {
            // "OBX[3]" is no path, since it names no field; its field 1 is one.
            return Hl7Path.TryParse(place + "-1", out path) ? $"{path.Segment}{component}{path.Ordinal}" : "";
        }

        var location = string.Join(component, path.Segment, path.Ordinal, path.Field, path.Repetition);
        location += path.Component > 0 ? $"{component}{path.Component}" : "";
        return location + (path.Subcomponent > 0 ? $"{component}{path.Subcomponent}" : "");
    }

    private static string Code(MessageIssue issue, char separator)
    {
        var (number, title) = ConditionOf(issue);
        return string.Join(separator, number, title, "HL70357");
    }

    /// <summary>HL7 table 0357, message error condition codes.</summary>
    private static (string Number, string Title) ConditionOf(MessageIssue issue) => issue.Code switch
    {
        IntegrationErrorCode.NotHl7 or IntegrationErrorCode.RequiredSegmentMissing or IntegrationErrorCode.SegmentNameInvalid =>
            ("100", "Segment sequence error"),
        IntegrationErrorCode.HeaderUnreadable when issue.Place == "MSH-9" => ("101", "Required field missing"),
        IntegrationErrorCode.RequiredValueMissing or IntegrationErrorCode.IdentifierMissing or IntegrationErrorCode.ResourceIncomplete
            or IntegrationErrorCode.PatientIdentifierMissing => ("101", "Required field missing"),
        IntegrationErrorCode.HeaderUnreadable or IntegrationErrorCode.DelimitersInvalid or IntegrationErrorCode.CharsetMismatch
            or IntegrationErrorCode.UnknownEscape or IntegrationErrorCode.NestingTooDeep or IntegrationErrorCode.ValueNotConvertible
            or IntegrationErrorCode.ResidentIdInvalid => ("102", "Data type error"),
        IntegrationErrorCode.CharsetUnknown or IntegrationErrorCode.CodeNotMapped => ("103", "Table value not found"),
        IntegrationErrorCode.NoMappingForMessage => ("200", "Unsupported message type"),
        IntegrationErrorCode.MergeSourceUnknown => ("204", "Unknown key identifier"),
        IntegrationErrorCode.ControlIdReused => ("205", "Duplicate key identifier"),
        IntegrationErrorCode.TooManyConflicts => ("206", "Application record locked"),
        _ => ("207", "Application internal error"),
    };

    private static char OrStandard(byte delimiter, char standard) => delimiter == Hl7Delimiters.None ? standard : (char)delimiter;
}
