namespace Integration.Core.Mapping.Runtime;

/// <summary>
/// One spelling for texts that differ only in how they were typed: full-width letters, digits and signs become half-width, both micro signs one,
/// and blanks go. Case stays, since in units it matters (M is mega, m milli).
/// </summary>
internal static class NarrowText
{
    private const int FullWidthOffset = 'Ａ' - 'A';

    public static string Of(string text)
    {
        Span<char> narrow = text.Length <= 64 ? stackalloc char[text.Length] : new char[text.Length];
        var length = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                narrow[length++] = Of(c);
            }
        }

        return narrow[..length].SequenceEqual(text) ? text : narrow[..length].ToString();
    }

    private static char Of(char c) => c switch
    {
        >= '！' and <= '～' => (char)(c - FullWidthOffset),
        'µ' => 'μ',
        '✕' or '✖' or 'х' => '×',   // the last one is the Cyrillic letter
        _ => c,
    };
}
