using System.Text;

namespace Integration.Fhir.Search.Criteria;

/// <summary>Cuts the value of a parameter at its separators, of which a backslash takes the meaning. FHIR R4 search.html §3.1.1.4.16.</summary>
internal static class SearchText
{
    /// <summary>The parts, escapes still in them.</summary>
    public static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == separator)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    /// <summary>The text that was meant: <c>\,</c> <c>\|</c> <c>\$</c> <c>\\</c> stand for what follows the backslash.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }

            result.Append(text[i]);
        }

        return result.ToString();
    }
}
