using System.Globalization;
using System.Text;

namespace Integration.Fhir.Search;

/// <summary>Text as a plain string search compares it: case, accents and width do not count, white space once. FHIR R4 search.html §3.1.1.4.8.</summary>
internal static class TextNormalisation
{
    public static string Of(string text)
    {
        // Half a surrogate pair cannot be normalised; it is replaced as any reader of UTF-8 would.
        var whole = text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;
        var result = new StringBuilder(whole.Length);
        foreach (var c in whole.Normalize(NormalizationForm.FormKD))
        {
            if (char.IsWhiteSpace(c))
            {
                if (result.Length > 0 && result[^1] != ' ')
                {
                    result.Append(' ');
                }
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                result.Append(char.ToLowerInvariant(c));
            }
        }

        return result.ToString().TrimEnd().Normalize(NormalizationForm.FormC);
    }
}
