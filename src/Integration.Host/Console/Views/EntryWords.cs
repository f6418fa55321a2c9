using Integration.Host.Console.Texts;

namespace Integration.Host.Console.Views;

/// <summary>Puts words for the bare codes that a record's lines hold where the source sent no text.</summary>
internal static class EntryWords
{
    /// <summary>Whether a FHIR status says that it did not happen after all: shown struck through.</summary>
    public static bool IsTakenBack(string? status) => status is "cancelled" or "entered-in-error" or "revoked";

    /// <summary>The title; where the source sent none it is a class code or the name of the resource type.</summary>
    public static string Title(string title) => Words.EncounterClasses.TryGetValue(title, out var word) ? word : Words.Of(Words.ResourceTypes, title);

    /// <summary>Whether facts of this kind are usually known by their day only.</summary>
    /// <param name="kind">Section or resource type.</param>
    public static bool IsByDay(string kind) =>
        kind is "diagnoses" or "allergies" or "coverage" or "contacts" or "Condition" or "AllergyIntolerance" or "Coverage" or "RelatedPerson";

    /// <param name="detail">Line of the summary; for encounters it begins with the class code, for orders it is the priority.</param>
    /// <param name="kind">Section or resource type.</param>
    public static string Detail(string detail, string kind)
    {
        if (kind is "orders" or "ServiceRequest")
        {
            return Words.Of(Words.Priorities, detail);
        }

        if (kind is "diagnoses" or "Condition")
        {
            return Words.Of(Words.ConditionCategories, detail);
        }

        if (kind is not ("encounters" or "Encounter"))
        {
            return detail;
        }

        var space = detail.IndexOf(' ', StringComparison.Ordinal);
        var code = space < 0 ? detail : detail[..space];
        return Words.EncounterClasses.TryGetValue(code, out var word) ? word + detail[code.Length..] : detail;
    }
}
