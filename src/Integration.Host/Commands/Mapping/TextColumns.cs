using System.Text;

namespace Integration.Host.Commands.Mapping;

/// <summary>Lines up columns on a terminal, where a Chinese character takes two places. Unicode UAX #11.</summary>
internal static class TextColumns
{
    private const int WidestColumn = 70;

    /// <summary>A line for each row; columns two blanks apart, the last one as long as it is.</summary>
    public static IEnumerable<string> Align(IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 0)
        {
            yield break;
        }

        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => Math.Min(WidestColumn, WidthOf(row[column])))).ToArray();
        var line = new StringBuilder();
        foreach (var row in rows)
        {
            line.Clear();
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column]).Append(' ', Math.Max(0, widths[column] - WidthOf(row[column])) + 2);
            }

            yield return line.ToString().TrimEnd();
        }
    }

    public static int WidthOf(string text) => text.EnumerateRunes().Sum(rune => IsWide(rune.Value) ? 2 : 1);

    private static bool IsWide(int rune) =>
        rune is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x20000 and <= 0x3FFFD);
}
