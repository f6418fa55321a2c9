namespace Integration.Core.Mapping.Runtime;

/// <summary>A piece of a result or range written as text.</summary>
internal enum ResultPart
{
    /// <summary>The number of <c>7.2</c> or <c>&lt;0.01</c>.</summary>
    Number,

    /// <summary>The <c>&lt;</c> of <c>&lt;0.01</c>, as FHIR writes it.</summary>
    Comparator,

    /// <summary>The 2 of <c>2-5</c>, the 3 of <c>&gt;3</c>.</summary>
    Low,

    /// <summary>The 5 of <c>2-5</c>, the 10 of <c>&lt;10</c>.</summary>
    High,

    /// <summary>The 1 of <c>1:128</c>.</summary>
    Numerator,

    /// <summary>The 128 of <c>1:128</c>.</summary>
    Denominator,

    /// <summary>A time when it has hours; nothing when it is only a date.</summary>
    Timed,

    /// <summary>The first six digits of a resident id or a division code: GB/T 2260.</summary>
    Division,
}

/// <summary>Reads results and reference ranges as laboratories write them. A text that is not exactly of a form has none of its parts.</summary>
internal static class ResultText
{
    /// <summary>By the name used in mappings.</summary>
    public static readonly IReadOnlyDictionary<string, ResultPart> Parts = new Dictionary<string, ResultPart>
    {
        ["number"] = ResultPart.Number,
        ["comparator"] = ResultPart.Comparator,
        ["low"] = ResultPart.Low,
        ["high"] = ResultPart.High,
        ["numerator"] = ResultPart.Numerator,
        ["denominator"] = ResultPart.Denominator,
        ["timed"] = ResultPart.Timed,
        ["division"] = ResultPart.Division,
    };

    public static string? Part(ResultPart part, string text)
    {
        if (part == ResultPart.Timed)
        {
            return Hl7Time.TryParse(text, out var time) && time.HasTime ? text : null;
        }

        if (part == ResultPart.Division)
        {
            const int Digits = 6;
            return text.Length is Digits or 15 or 18 && !text.AsSpan(0, Digits).ContainsAnyExceptInRange('0', '9') ? text[..Digits] : null;
        }

        var rest = TakeComparator(text.AsSpan().Trim(), out var comparator);
        return part switch
        {
            ResultPart.Number => IsNumber(rest) ? rest.ToString() : null,
            ResultPart.Comparator => comparator is not null && IsNumber(rest) ? comparator : null,
            ResultPart.Low when comparator is not null => comparator[0] == '>' && IsNumber(rest) ? rest.ToString() : null,
            ResultPart.High when comparator is not null => comparator[0] == '<' && IsNumber(rest) ? rest.ToString() : null,
            ResultPart.Low => SplitRange(rest, out var low, out _) ? low : null,
            ResultPart.High => SplitRange(rest, out _, out var high) ? high : null,
            ResultPart.Numerator => comparator is null && SplitRatio(rest, out var numerator, out _) ? numerator : null,
            ResultPart.Denominator => comparator is null && SplitRatio(rest, out _, out var denominator) ? denominator : null,
            _ => throw new ArgumentOutOfRangeException(nameof(part)),
        };
    }

    private static ReadOnlySpan<char> TakeComparator(ReadOnlySpan<char> text, out string? comparator)
    {
        (comparator, var length) = text switch
        {
            ['<' or '＜', '=' or '＝', ..] => ("<=", 2),
            ['>' or '＞', '=' or '＝', ..] => (">=", 2),
            ['≤', ..] => ("<=", 1),
            ['≥', ..] => (">=", 1),
            ['<' or '＜', ..] => ("<", 1),
            ['>' or '＞', ..] => (">", 1),
            _ => ((string?)null, 0),
        };
        return text[length..].TrimStart();
    }

    /// <summary>Low and high around <c>-</c>, <c>~</c> or their wide forms, the low one not above the high one.</summary>
    private static bool SplitRange(ReadOnlySpan<char> text, out string? low, out string? high)
    {
        // A minus sign in front belongs to the number.
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] is '-' or '~' or '–' or '—' or '～' or '－')
            {
                // "3--5" and "3---5" are written too: one range sign, and a minus of the upper bound at most.
                var left = text[..i].TrimEnd();
                var right = text[(i + 1)..].TrimStart("-–—～－~ ".AsSpan() is var signs && text[i + 1] == text[i] ? signs : " ");
                if (IsNumber(left) && IsNumber(right) && FhirPrimitive.Number(left) <= FhirPrimitive.Number(right))
                {
                    (low, high) = (left.ToString(), right.ToString());
                    return true;
                }
            }
        }

        (low, high) = (null, null);
        return false;
    }

    private static bool SplitRatio(ReadOnlySpan<char> text, out string? numerator, out string? denominator)
    {
        (numerator, denominator) = (null, null);
        var colon = text.IndexOfAny(':', '：');
        if (colon <= 0 || !IsNumber(text[..colon].TrimEnd()) || !IsNumber(text[(colon + 1)..].TrimStart()))
        {
            return false;
        }

        (numerator, denominator) = (text[..colon].TrimEnd().ToString(), text[(colon + 1)..].TrimStart().ToString());
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => FhirPrimitive.Number(text) is not null;
}
