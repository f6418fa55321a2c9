using System.Text;

namespace Integration.Core.Parsing;

/// <summary>Reads and writes lines of values, as spreadsheets save them (RFC 4180): a value with a separator, quote or line break in it is quoted, a quote in it doubled.</summary>
public static class DelimitedText
{
    /// <summary>Any of these parts values, unless a reader knows better.</summary>
    public const string Separators = ",;\t";

    /// <summary>UTF-8 with or without mark, or GB18030 where the bytes are not UTF-8.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var content = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        return System.Text.Unicode.Utf8.IsValid(content)
            ? Encoding.UTF8.GetString(content)
            : (CodePagesEncodingProvider.Instance.GetEncoding("GB18030") ?? Encoding.UTF8).GetString(content);
    }

    /// <summary>The rows that are not blank, each with the number of its first line (from 1). Values are trimmed, unless they are quoted.</summary>
    /// <param name="separators">Every one of these characters parts values.</param>
    public static IEnumerable<(int Line, List<string> Values)> Rows(string text, string separators = Separators)
    {
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var first = line;
            var values = new List<string>();
            bool isLast;
            do
            {
                values.Add(ReadValue(text, separators, ref at, ref line));
                isLast = at >= text.Length || text[at] is '\r' or '\n';
                at += isLast ? 0 : 1;
            }
            while (!isLast);

            if (at < text.Length)
            {
                at += text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
                line++;
            }

            if (values.Any(value => value.Length > 0))
            {
                yield return (first, values);
            }
        }
    }

    /// <summary>One row with commas, without line end.</summary>
    public static string Write(IEnumerable<string> values) => string.Join(',', values.Select(value =>
        value.AsSpan().ContainsAny(",;\t\"\r\n") || value.Trim().Length != value.Length ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value));

    // Leaves the place at the separator, the line break or the end behind the value.
    private static string ReadValue(string text, string separators, ref int at, ref int line)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        var value = new StringBuilder();
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length; at++)
            {
                if (text[at] != '"')
                {
                    line += text[at] == '\n' ? 1 : 0;
                    value.Append(text[at]);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    value.Append(text[++at]);
                }
                else
                {
                    at++;
                    break;
                }
            }
        }

        var quoted = value.Length;
        while (at < text.Length && text[at] is not ('\r' or '\n') && !separators.Contains(text[at]))
        {
            value.Append(text[at++]);
        }

        // Blanks before the next separator are no part of the value.
        var end = value.Length;
        while (end > quoted && value[end - 1] == ' ')
        {
            end--;
        }

        return value.ToString(0, end);
    }
}
