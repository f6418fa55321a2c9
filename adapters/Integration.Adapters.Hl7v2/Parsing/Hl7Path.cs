using System.Globalization;
using System.Text;

namespace Integration.Adapters.Hl7v2.Parsing;

/// <summary>
/// Where a value stands: <c>PID-3[2].4.1</c> is PID, field 3, repetition 2, component 4, subcomponent 1; <c>OBX[3]-5</c> is field 5 of the
/// third OBX. Everything counts from 1, as in HL7 v2.5.1 §2.5.
/// </summary>
/// <param name="Segment">Three characters, e.g. <c>PID</c>.</param>
/// <param name="Ordinal">Which segment of that name; 1 where the path does not say.</param>
/// <param name="Repetition">1 where the path does not say.</param>
/// <param name="Component">0: the whole repetition.</param>
/// <param name="Subcomponent">0: the whole component.</param>
public readonly record struct Hl7Path(string Segment, int Ordinal, int Field, int Repetition, int Component, int Subcomponent)
{
    private const int MaxDigits = 6;

    /// <exception cref="FormatException">It is no path. Use <see cref="TryParse"/> for text that a user wrote.</exception>
    public static Hl7Path Parse(string text) =>
        TryParse(text, out var path) ? path : throw new FormatException($"'{text}' is no HL7 path. It should look like PID-3[2].4.1.");

    public static bool TryParse(ReadOnlySpan<char> text, out Hl7Path path)
    {
        path = default;
        if (text.Length < 5 || !IsName(text[..3]))
        {
            return false;
        }

        var name = Hl7SegmentName.ToText((text[0] << 16) | (text[1] << 8) | text[2]);
        var rest = text[3..];
        if (!TryReadIndex(ref rest, out var ordinal) || !TryReadNumber(ref rest, '-', out var field) || field == 0
            || !TryReadIndex(ref rest, out var repetition)
            || !TryReadNumber(ref rest, '.', out var component) || !TryReadNumber(ref rest, '.', out var subcomponent) || !rest.IsEmpty)
        {
            return false;
        }

        path = new(name, ordinal, field, repetition, component, subcomponent);
        return true;
    }

    public override string ToString()
    {
        var text = new StringBuilder(Segment);
        AppendUnless(1, '[', Ordinal, "]");
        text.Append('-').Append(Field);
        AppendUnless(1, '[', Repetition, "]");
        AppendUnless(0, '.', Component, "");
        AppendUnless(0, '.', Subcomponent, "");
        return text.ToString();

        void AppendUnless(int usual, char before, int number, string after)
        {
            if (number != usual)
            {
                text.Append(before).Append(number).Append(after);
            }
        }
    }

    private static bool IsName(ReadOnlySpan<char> name) =>
        char.IsAsciiLetterUpper(name[0]) && IsLetterOrDigit(name[1]) && IsLetterOrDigit(name[2]);

    private static bool IsLetterOrDigit(char value) => char.IsAsciiLetterUpper(value) || char.IsAsciiDigit(value);

    private static bool TryReadIndex(ref ReadOnlySpan<char> text, out int index)
    {
        index = 1;
        if (text.IsEmpty || text[0] != '[')
        {
            return true;
        }

        if (!TryReadNumber(ref text, '[', out index) || text.IsEmpty || text[0] != ']')
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    /// <summary>Reads the mark and a number of at least 1 behind it; 0 when the mark is not there.</summary>
    private static bool TryReadNumber(ref ReadOnlySpan<char> text, char mark, out int number)
    {
        number = 0;
        if (text.IsEmpty || text[0] != mark)
        {
            return true;
        }

        var digits = 1;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        if (digits is 1 or > MaxDigits + 1)
        {
            return false;
        }

        number = int.Parse(text[1..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[digits..];
        return number > 0;
    }
}
