using System.Text;

namespace Integration.Core.Records;

/// <summary>
/// First letters of the pinyin of a Chinese name, what receptionists type to find people: 张三丰 → zsf.
/// </summary>
/// <remarks>
/// GB 2312-1980 level 1 (3,755 characters, rows 16–55) is sorted by pinyin, so the initial follows from the code. Rarer characters have
/// none here; the name is then found by its characters only.
/// </remarks>
internal static class PinyinInitials
{
    private const string Letters = "abcdefghjklmnopqrstwxyz";
    private const int LastOfLevel1 = 0xD7F9;

    // First code of each letter's run, in the order of Letters.
    private static readonly int[] FirstCodes =
    [
        0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
        0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
    ];

    // Surnames are read otherwise than the character elsewhere.
    private static readonly Dictionary<char, char> Surnames = "单s曾z解x仇q区o查z朴p翟z尉w缪m冼x".Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    private static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    /// <returns>Lower-case letters, one a character; null when a Chinese character has no known initial or there is none at all.</returns>
    public static string? Of(string name)
    {
        var folded = SearchKeys.FoldName(name);
        var initials = new StringBuilder(folded.Length);
        for (var i = 0; i < folded.Length; i++)
        {
            if (folded[i] < 0x2E80)
            {
                return null;
            }

            var letter = i == 0 && Surnames.TryGetValue(folded[0], out var surname) ? surname : InitialOf(folded[i]);
            if (letter is null)
            {
                return null;
            }

            initials.Append(letter);
        }

        return initials.Length == 0 ? null : initials.ToString();
    }

    private static char? InitialOf(char character)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (Gbk.GetBytes([character], bytes) != 2)
        {
            return null;
        }

        var code = (bytes[0] << 8) | bytes[1];
        if (code < FirstCodes[0] || code > LastOfLevel1)
        {
            return null;
        }

        var index = Array.BinarySearch(FirstCodes, code);
        return Letters[index >= 0 ? index : ~index - 1];
    }
}
