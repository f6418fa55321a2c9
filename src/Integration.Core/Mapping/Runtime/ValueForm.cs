using Integration.Core.Identity;

namespace Integration.Core.Mapping.Runtime;

/// <summary>The forms a condition can ask for: <c>CX.1 is resident-id</c>.</summary>
internal static class ValueForm
{
    /// <summary>By the name used in mappings.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string, bool>> All = new Dictionary<string, Func<string, bool>>
    {
        ["resident-id"] = ResidentId.IsValid,
        ["oid"] = IsOid,
        ["uuid"] = text => Guid.TryParseExact(text, "D", out _),
        ["uri"] = IsUri,
        ["urn"] = text => text.StartsWith("urn:", StringComparison.Ordinal),
        ["chinese"] = IsChinese,
        ["number"] = text => ResultText.Part(ResultPart.Number, text) is not null && ResultText.Part(ResultPart.Comparator, text) is null,
        ["measure"] = IsMeasure,
        ["negative"] = text => FhirPrimitive.Number(text) < 0,
    };

    /// <summary>A number, with or without comparator, a range or a ratio: what has a unit.</summary>
    private static bool IsMeasure(string text) =>
        ResultText.Part(ResultPart.Number, text) is not null
        || ResultText.Part(ResultPart.Low, text) is not null
        || ResultText.Part(ResultPart.Numerator, text) is not null;

    /// <summary>Dotted numbers, at least two: <c>2.16.840</c>. ITU-T X.660 §7.6.</summary>
    private static bool IsOid(string text)
    {
        if (text.Length < 3 || text[0] is < '0' or > '2' || text[1] != '.')
        {
            return false;
        }

        for (var i = 1; i < text.Length; i++)
        {
            var afterDot = text[i - 1] == '.';
            var last = i == text.Length - 1;
            if (text[i] == '.' ? afterDot || last : !char.IsAsciiDigit(text[i]) || (afterDot && text[i] == '0' && !last && text[i + 1] != '.'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Has a scheme and no blanks.</summary>
    private static bool IsUri(string text)
    {
        var colon = text.IndexOf(':');
        return colon > 1 && char.IsAsciiLetter(text[0]) && !text.AsSpan().ContainsAny(" \t\r\n") && Uri.IsWellFormedUriString(text, UriKind.Absolute);
    }

    /// <summary>Contains a Chinese character, rare ones beyond the basic plane included.</summary>
    private static bool IsChinese(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF))
            {
                return true;
            }
        }

        return false;
    }
}
