using Integration.Host.Console.Texts;

namespace Integration.Host.Console.Views;

/// <summary>Puts words for the bare codes that a record's lines hold where the source sent no text.</summary>
internal static class EntryWords
{
    public static string Title(string title) => Words.Of(Words.EncounterClasses, title);

    /// <param name="detail">Line of the summary; for encounters it begins with the class code.</param>
    /// <param name="kind">Section or resource type.</param>
    public static string Detail(string detail, string kind)
    {
        if (kind is not ("encounters" or "Encounter"))
        {
            return detail;
        }

        var space = detail.IndexOf(' ', StringComparison.Ordinal);
        var code = space < 0 ? detail : detail[..space];
        return Words.EncounterClasses.TryGetValue(code, out var word) ? word + detail[code.Length..] : detail;
    }
}
