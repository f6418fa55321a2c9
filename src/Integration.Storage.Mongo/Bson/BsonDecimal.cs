using System.Globalization;

namespace Integration.Storage.Mongo.Bson;

/// <summary>
/// IEEE 754-2008 decimal128 in binary integer form, as BSON holds it. Made from the text of a JSON number and written back as that text, zeros at
/// the end included: 12.50 stays 12.50.
/// </summary>
internal readonly record struct BsonDecimal(ulong High, ulong Low)
{
    private const int MostDigits = 34;
    private const int Bias = 6176;
    private const int ExponentShift = 49;
    private const ulong Sign = 1UL << 63;
    private const ulong CoefficientMask = (1UL << ExponentShift) - 1;

    /// <summary>The number that a JSON text without exponent writes; false when it has one or more than 34 digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out BsonDecimal value)
    {
        value = default;
        var isNegative = text is [(byte)'-', ..];
        var coefficient = UInt128.Zero;
        var (digits, fraction, inFraction) = (0, 0, false);
        foreach (var character in isNegative ? text[1..] : text)
        {
            if (character == '.' && !inFraction)
            {
                inFraction = true;
                continue;
            }

            if (!char.IsAsciiDigit((char)character) || ++digits > MostDigits)
            {
                return false;
            }

            coefficient = (coefficient * 10) + (uint)(character - '0');
            fraction += inFraction ? 1 : 0;
        }

        if (digits == 0)
        {
            return false;
        }

        var high = (ulong)(coefficient >> 64) | ((ulong)(Bias - fraction) << ExponentShift) | (isNegative ? Sign : 0);
        value = new BsonDecimal(high, (ulong)coefficient);
        return true;
    }

    /// <summary>Without exponent wherever <see cref="TryParse"/> made it.</summary>
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
