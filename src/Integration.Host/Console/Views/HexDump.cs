using System.Globalization;
using System.Text;

namespace Integration.Host.Console.Views;

/// <summary>Raw bytes for the eye: offset, sixteen bytes in hex, and the ASCII among them.</summary>
internal static class HexDump
{
    private const int BytesPerLine = 16;

    /// <param name="bytes">The whole message.</param>
    /// <param name="maxBytes">Where to stop; a page of more is slow to open and nobody reads it.</param>
    public static string Of(ReadOnlySpan<byte> bytes, int maxBytes)
    {
        var shown = bytes[..Math.Min(bytes.Length, maxBytes)];
        var text = new StringBuilder((shown.Length / BytesPerLine + 1) * 78);
        for (var offset = 0; offset < shown.Length; offset += BytesPerLine)
        {
            AppendLine(text, offset, shown.Slice(offset, Math.Min(BytesPerLine, shown.Length - offset)));
        }

        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, int offset, ReadOnlySpan<byte> line)
    {
        text.Append(CultureInfo.InvariantCulture, $"{offset:x6}  ");
        for (var i = 0; i < BytesPerLine; i++)
        {
            text.Append(i < line.Length ? line[i].ToString("x2", CultureInfo.InvariantCulture) : "  ").Append(i == 7 ? "  " : " ");
        }

        text.Append(' ');
        foreach (var b in line)
        {
            text.Append(b is >= 0x20 and < 0x7f ? (char)b : '·');
        }

        text.Append('\n');
    }
}
