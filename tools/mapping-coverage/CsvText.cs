using System.Text;

namespace Integration.MappingCoverage;

/// <summary>Comma-separated values as spreadsheets export them: quoted cells may hold commas, quotes (doubled) and line breaks (RFC 4180).</summary>
internal static class CsvText
{
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        var records = new List<IReadOnlyList<string>>();
        var record = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (quoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                }
                else if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    cell.Append('"');
                    at++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == ',')
            {
                EndCell();
            }
            else if (c == '\n')
            {
                EndCell();
                records.Add(record);
                record = [];
            }
            else if (c != '\r')
            {
                cell.Append(c);
            }
        }

        if (cell.Length > 0 || record.Count > 0)
        {
            EndCell();
            records.Add(record);
        }

        return records;

        void EndCell()
        {
            record.Add(cell.ToString());
            cell.Clear();
        }
    }
}
