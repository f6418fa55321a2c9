using System.Text;

namespace Integration.HospitalDay;

/// <summary>Writes one segment from numbered fields, so that nobody has to count bars.</summary>
internal static class Hl7Line
{
    /// <summary>e.g. <c>Of("EVN", (1, "A01"), (2, "…"))</c> gives <c>EVN|A01|…</c>. Field numbers 1-based, ascending; the gaps stay empty.</summary>
    /// <param name="fields">Values with their component separators in place and their text already escaped.</param>
    public static string Of(string name, params ReadOnlySpan<(int Number, string Value)> fields)
    {
        var line = new StringBuilder(name);
        var last = 0;
        foreach (var (number, value) in fields)
        {
            if (value.Length == 0)
            {
                continue;
            }

            line.Append('|', number - last).Append(value);
            last = number;
        }

        return line.ToString();
    }

    /// <summary>Escapes delimiters in free text, and line ends as <c>\.br\</c>. HL7 v2.5.1 §2.7.</summary>
    public static string Escape(string text) => text
        .Replace(@"\", @"\E\", StringComparison.Ordinal)
        .Replace("|", @"\F\", StringComparison.Ordinal)
        .Replace("^", @"\S\", StringComparison.Ordinal)
        .Replace("&", @"\T\", StringComparison.Ordinal)
        .Replace("~", @"\R\", StringComparison.Ordinal)
        .Replace("\n", @"\.br\", StringComparison.Ordinal);

    /// <summary>HL7 time stamp to the second with the offset of China. HL7 v2.5.1 §2.A.77.</summary>
    public static string Time(DateTime local) => local.ToString("yyyyMMddHHmmss'+0800'", System.Globalization.CultureInfo.InvariantCulture);
}
