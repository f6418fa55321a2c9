using System.Globalization;
using Integration.Core.Parsing;

namespace Integration.Core.Reconciliation;

/// <summary>What a source says that it did: numbers, each with an amount where there is one.</summary>
/// <param name="Amounts">By number (visit number, charge number, report number); null: none was sent. A number that is listed several times has the sum.</param>
public sealed record SourceList(IReadOnlyDictionary<string, decimal?> Amounts)
{
    /// <summary>Most lines of one list.</summary>
    public const int MaxLines = 200_000;

    private const int MaxKey = 200;

    /// <summary>
    /// Reads <c>key</c> or <c>key,amount</c> a line, separated by comma, semicolon or tab, quoted or not. UTF-8, or GB18030 where it is not UTF-8. Empty lines do not
    /// count; a first line that begins with <c>key</c> is a heading.
    /// </summary>
    /// <param name="problem">Where and why it cannot be read, as <c>line 3: …</c>, without the text itself; null when it can.</param>
    /// <returns>Null when there is a problem.</returns>
    public static SourceList? Read(ReadOnlySpan<byte> bytes, out string? problem)
    {
        var amounts = new Dictionary<string, decimal?>(StringComparer.Ordinal);
        foreach (var (line, values) in DelimitedText.Rows(DelimitedText.Decode(bytes)))
        {
            if (line == 1 && values[0].StartsWith("key", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (line > MaxLines)
            {
                problem = $"A list may have at most {MaxLines.ToString("N0", CultureInfo.InvariantCulture)} lines: send a shorter period.";
                return null;
            }

            if (ReadRow(values, amounts) is { } wrong)
            {
                problem = $"line {line}: {wrong}";
                return null;
            }
        }

        problem = null;
        return new SourceList(amounts);
    }

    private static string? ReadRow(List<string> values, Dictionary<string, decimal?> amounts)
    {
        var key = values[0];
        if (key.Length is 0 or > MaxKey)
        {
            return $"The number must have 1 to {MaxKey} characters.";
        }

        decimal? amount = null;
        if (values.Count > 1 && values[1].Length > 0)
        {
            if (values.Count > 2 || !decimal.TryParse(values[1], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                return "The amount behind the number is no decimal number such as 12.50.";
            }

            amount = value;
        }

        amounts[key] = amounts.TryGetValue(key, out var known) && known + amount is { } sum ? sum : amount ?? known;
        return null;
    }
}
