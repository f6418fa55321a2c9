using System.Buffers.Text;
using System.Globalization;

namespace Integration.Storage.Mongo.Bson;

/// <summary>
/// IEEE 754-2008 decimal128 in binary integer form, as BSON holds it. Made from the text of a JSON number and written back as that text, zeros at
/// the end included: 12.50 stays 12.50. An exponent or a 35th digit is lost.
/// </summary>
internal readonly record struct BsonDecimal(ulong High, ulong Low)
{
    private const int MostDigits = 34;
    private const int Bias = 6176;
    private const int MostExponent = 6111;
    private const int ExponentShift = 49;
    private const ulong Sign = 1UL << 63;
    private const ulong CoefficientMask = (1UL << ExponentShift) - 1;

    /// <summary>The number that a JSON text writes; false when its exponent is out of range.</summary>
    /// <param name="isAsWritten">Whether <see cref="ToString"/> gives the text again: it has no exponent and at most 34 digits. Further digits are cut off.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out BsonDecimal value, out bool isAsWritten)
    {
        var isNegative = text is [(byte)'-', ..];
        var end = text.IndexOfAny((byte)'e', (byte)'E') is var at and >= 0 ? at : text.Length;
        var coefficient = UInt128.Zero;
        var (digits, exponent, inFraction) = (0, 0L, false);
        foreach (var character in text[(isNegative ? 1 : 0)..end])
        {
            if (character == '.')
            {
                inFraction = true;
            }
            else if (++digits <= MostDigits)
            {
                coefficient = (coefficient * 10) + (uint)(character - '0');
                exponent -= inFraction ? 1 : 0;
            }
            else
            {
                exponent += inFraction ? 0 : 1;
            }
        }

        isAsWritten = digits <= MostDigits && end == text.Length;
        value = default;
        var written = 0;
        if (end < text.Length && !Utf8Parser.TryParse(text[(end + 1)..], out written, out _))
        {
            return false;
        }

        exponent += written;
        if (exponent is < -Bias or > MostExponent)
        {
            return false;
        }

        var high = (ulong)(coefficient >> 64) | ((ulong)(Bias + exponent) << ExponentShift) | (isNegative ? Sign : 0);
        value = new BsonDecimal(high, (ulong)coefficient);
        return true;
    }

    /// <summary>Without exponent: what <see cref="TryParse"/> called as written.</summary>
    /// <exception cref="InvalidDataException">It is no number, or one that JSON could only write with an exponent.</exception>
    public override string ToString()
    {
        const ulong LargeForm = 3UL << 61;
        var exponent = (int)((High & ~Sign) >> ExponentShift) - Bias;
        if ((High & LargeForm) == LargeForm || exponent is > 0 or < -MostDigits)
        {
            throw new InvalidDataException("A Decimal128 was not written by this program.");
        }

        var coefficient = new UInt128(High & CoefficientMask, Low);
        var digits = coefficient.ToString(CultureInfo.InvariantCulture).PadLeft(1 - exponent, '0');
        var text = exponent == 0 ? digits : $"{digits[..^-exponent]}.{digits[^-exponent..]}";
        return (High & Sign) != 0 ? "-" + text : text;
    }
}
