using System.Globalization;
using System.Text;

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
        var number = 0;
        foreach (var line in Decode(bytes).EnumerateLines())
        {
            number++;
            if (line.IsWhiteSpace() || (number == 1 && IsHeading(line)))
            {
                continue;
            }

            if (number > MaxLines)
            {
                problem = $"A list may have at most {MaxLines.ToString("N0", CultureInfo.InvariantCulture)} lines: send a shorter period.";
                return null;
            }

            if (ReadLine(line, amounts) is { } wrong)
            {
                problem = $"line {number}: {wrong}";
                return null;
            }
        }

        problem = null;
        return new SourceList(amounts);
    }

    private static string? ReadLine(ReadOnlySpan<char> line, Dictionary<string, decimal?> amounts)
    {
        var end = line.IndexOfAny(",;\t");
        var key = (end < 0 ? line : line[..end]).Trim(" \"");
        if (key.Length is 0 or > MaxKey)
        {
            return $"The number must have 1 to {MaxKey} characters.";
        }

        decimal? amount = null;
        if (end >= 0 && line[(end + 1)..].Trim(" \"") is { Length: > 0 } text)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                return "The amount behind the number is no decimal number such as 12.50.";
            }

            amount = value;
        }

        var name = key.ToString();
        amounts[name] = amounts.TryGetValue(name, out var known) && known + amount is { } sum ? sum : amount ?? known;
        return null;
    }

    private static bool IsHeading(ReadOnlySpan<char> line) => line.Trim(" \"").StartsWith("key", StringComparison.OrdinalIgnoreCase);

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var content = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        return System.Text.Unicode.Utf8.IsValid(content)
            ? Encoding.UTF8.GetString(content)
            : (CodePagesEncodingProvider.Instance.GetEncoding("GB18030") ?? Encoding.UTF8).GetString(content);
    }
}
