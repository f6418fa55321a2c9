using System.Text.Unicode;

namespace Integration.Adapters.Shared.Text;

/// <summary>Finds bytes that are valid in the declared character set and yet were not written in it.</summary>
internal static class CharsetDetector
{
    /// <summary>Chinese characters in Latin text that make a coincidence impossible.</summary>
    private const int EnoughHanzi = 2;

    /// <summary>What the bytes are, when that is certainly not <paramref name="declared"/>; else null.</summary>
    /// <param name="bytes">Not all ASCII.</param>
    public static SourceCharset? Contradiction(SourceCharset declared, ReadOnlySpan<byte> bytes) => declared.Family switch
    {
        _ when declared == SourceCharset.Ascii => null,   // finds out by itself, and where
        CharsetFamily.DoubleByte => LooksLikeUtf8(bytes) ? SourceCharset.Utf8 : null,
        CharsetFamily.Latin or CharsetFamily.OtherScript when Utf8.IsValid(bytes) => SourceCharset.Utf8,
        CharsetFamily.Latin when LooksLikeGb18030(bytes) => SourceCharset.Gb18030,
        CharsetFamily.Wide => Utf8.IsValid(bytes) ? SourceCharset.Utf8 : null,
        _ => null,
    };

    /// <summary>
    /// Most UTF-8 Chinese is also valid, but meaningless, GB18030. The other way round, GB18030 is hardly ever valid UTF-8: two bytes
    /// sometimes are, three only when a rare character follows whose second byte is that of a delimiter or letter.
    /// </summary>
    private static bool LooksLikeUtf8(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        var twoByte = 0;
        var longer = 0;
        foreach (var value in bytes)
        {
            twoByte += value is >= 0xC2 and < 0xE0 ? 1 : 0;
            longer += value >= 0xE0 ? 1 : 0;
        }

        return longer > twoByte;
    }

    /// <summary>
    /// Accented letters stand alone or in twos; common Chinese characters (GB2312 rows 16 to 87) make rows of an even number of high bytes.
    /// Rare characters with a second byte below 0x80 may stand between them.
    /// </summary>
    private static bool LooksLikeGb18030(ReadOnlySpan<byte> bytes)
    {
        var hanzi = 0;
        var other = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] < 0x80)
            {
                continue;
            }

            var isHanzi = at + 1 < bytes.Length && bytes[at] is >= 0xB0 and <= 0xF7 && bytes[at + 1] is >= 0xA1 and <= 0xFE;
            hanzi += isHanzi ? 1 : 0;
            other += isHanzi ? 0 : 1;
            at++;
        }

        return hanzi >= EnoughHanzi && hanzi >= 4 * other;
    }
}
