using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Integration.Fhir.Search;

/// <summary>The numbers that a written decimal stands for: half a unit of its last digit to either side. FHIR R4 search.html §3.1.1.4.5.</summary>
internal readonly record struct NumberRange(decimal Low, decimal High)
{
    /// <summary>Null when a decimal cannot hold it.</summary>
    public static NumberRange? Of(JsonElement number)
    {
        var text = JsonMarshal.GetRawUtf8Value(number);
        if (!number.TryGetDecimal(out var value))
        {
            return null;
        }

        var power = 0;
        var exponentAt = text.IndexOfAny((byte)'e', (byte)'E');
        if (exponentAt >= 0 && !int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power))
        {
            return null;
        }

        var digits = exponentAt < 0 ? text : text[..exponentAt];
        var point = digits.IndexOf((byte)'.');
        power -= point < 0 ? 0 : digits.Length - point - 1;
        if (power is < -27 or > 27)
        {
            return new NumberRange(value, value);
        }

        var half = 0.5m;
        for (; power > 0; power--)
        {
            half *= 10;
        }

        for (; power < 0; power++)
        {
            half /= 10;
        }

        return Math.Abs(value) < decimal.MaxValue - half ? new NumberRange(value - half, value + half) : null;
    }
}
