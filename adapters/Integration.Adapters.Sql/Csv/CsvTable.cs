using System.Text;
using Integration.Core.Parsing;
using UnicodeText = System.Text.Encoding;

namespace Integration.Adapters.Sql.Csv;

/// <summary>A line of a file that was not taken.</summary>
/// <param name="Line">Number of its first line in the file, from 1.</param>
/// <param name="Reason">English, names columns and no value.</param>
internal sealed record CsvReject(int Line, string Reason, IReadOnlyList<string> Values);

/// <summary>One file of values: a heading and rows, as spreadsheets save them (RFC 4180).</summary>
/// <param name="Headings">As the file writes them.</param>
/// <param name="Rows">Rows to take, each with the number of its first line.</param>
/// <param name="Problem">Why nothing of the file can be taken, one line; null when it can.</param>
internal sealed record CsvTable(IReadOnlyList<string> Headings, IReadOnlyList<(int Line, SourceRow Row)> Rows, IReadOnlyList<CsvReject> Rejects, string? Problem)
{
    private const string Utf8 = "UTF-8";
    private const string Gb18030 = "GB18030";

    /// <summary>Names of the columns in the mapping, one a heading.</summary>
    public IReadOnlyList<string> Columns { get; private init; } = [];

    /// <summary>How the characters of the file were read, e.g. <c>GB18030</c>.</summary>
    public string Encoding { get; private init; } = "";

    /// <summary>What parts the values of the file.</summary>
    public char Separator { get; private init; } = ',';

    public static CsvTable Read(ReadOnlySpan<byte> bytes, CsvFolderOptions options)
    {
        var (text, encoding) = Decode(bytes, options.Encoding);
        var separators = options.Separators.Length == 1 ? options.Separators : SeparatorOf(text, options.Separators);
        return Read(text, separators, options) with { Encoding = encoding, Separator = separators[0] };
    }

    private static CsvTable Read(string text, string separators, CsvFolderOptions options)
    {
        using var lines = DelimitedText.Rows(text, separators).GetEnumerator();
        if (!lines.MoveNext())
        {
            return new CsvTable([], [], [], Problem: null);
        }

        var headings = lines.Current.Values;
        var columns = headings.Select(heading => options.Columns.GetValueOrDefault(heading, heading.ToLowerInvariant())).ToList();
        if (ProblemOf(columns, options) is { } problem)
        {
            return new CsvTable(headings, [], [], problem) { Columns = columns };
        }

        var (rows, rejects) = (new List<(int, SourceRow)>(), new List<CsvReject>());
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (lines.MoveNext())
        {
            var (line, values) = lines.Current;
            if (ReasonAgainst(columns, values, options, keys) is { } reason)
            {
                rejects.Add(new CsvReject(line, reason, values));
            }
            else
            {
                // An empty cell says nothing: what the record has stays.
                var cells = columns.Zip(values, KeyValuePair.Create).Where(cell => cell.Value.Length > 0);
                rows.Add((line, new SourceRow(options.Message, [.. cells], IsGone: false)));
            }
        }

        return new CsvTable(headings, rows, rejects, Problem: null) { Columns = columns };
    }

    private static string? ProblemOf(List<string> columns, CsvFolderOptions options)
    {
        var missing = options.Key.Concat(options.Required).Where(column => !columns.Contains(column)).ToList();
        var repeated = columns.Where(column => column.Length > 0).GroupBy(column => column).Where(group => group.Count() > 1).Select(group => group.Key).ToList();
        return missing.Count > 0 ? $"The heading has no column {string.Join(", ", missing)}. Correct the file, or name its headings under Columns."
            : repeated.Count > 0 ? $"The heading has {string.Join(", ", repeated)} twice. Name each column differently."
            : null;
    }

    private static string? ReasonAgainst(List<string> columns, List<string> values, CsvFolderOptions options, HashSet<string> keys)
    {
        if (values.Count != columns.Count && !values.Skip(columns.Count).All(value => value.Length == 0))
        {
            return $"It has {values.Count} values, the heading {columns.Count}.";
        }

        while (values.Count < columns.Count)
        {
            values.Add("");
        }

        if (options.Key.Concat(options.Required).FirstOrDefault(column => values[columns.IndexOf(column)].Length == 0) is { } empty)
        {
            return $"{empty} is empty.";
        }

        if (values.Any(value => value.Contains('\uFFFD')))
        {
            return "It holds characters that cannot be read in the file's encoding.";
        }

        return keys.Add(string.Join('|', options.Key.Select(column => values[columns.IndexOf(column)]))) ? null : $"An earlier line has the same {string.Join(", ", options.Key)}.";
    }

    private static (string Text, string Encoding) Decode(ReadOnlySpan<byte> bytes, CsvEncoding encoding) => bytes switch
    {
        [0xFF, 0xFE, .. var rest] => (UnicodeText.Unicode.GetString(rest), "UTF-16"),            // what Excel calls Unicode text
        [0xFE, 0xFF, .. var rest] => (UnicodeText.BigEndianUnicode.GetString(rest), "UTF-16"),
        [0xEF, 0xBB, 0xBF, .. var rest] => (UnicodeText.UTF8.GetString(rest), Utf8),
        _ => encoding switch
        {
            CsvEncoding.Utf8 => (UnicodeText.UTF8.GetString(bytes), Utf8),
            CsvEncoding.Gb18030 => (CodePagesEncodingProvider.Instance.GetEncoding(Gb18030)!.GetString(bytes), Gb18030),
            _ => (DelimitedText.Decode(bytes), System.Text.Unicode.Utf8.IsValid(bytes) ? Utf8 : Gb18030),
        },
    };

    private static string SeparatorOf(string text, string separators)
    {
        var heading = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? end : text.Length).ToString();
        return separators.MaxBy(separator => heading.Count(c => c == separator)).ToString();
    }
}
