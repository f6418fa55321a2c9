using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Integration.Fhir.Validation;

/// <summary>The test of a primitive's text as UTF-8, by hand rather than by regular expression: same answers, no string per value.</summary>
/// <param name="text">For a JSON number its digits, for a string its unescaped text, never empty.</param>
internal delegate bool PrimitiveTest(ReadOnlySpan<byte> text);

/// <summary>What the JSON value of a primitive type looks like. FHIR R4 4.0.1 datatypes, section Primitive Types, and json.html.</summary>
/// <param name="IsJsonKind">Which kinds of JSON value may hold it.</param>
/// <param name="Expected">Completes the sentence "The value is not …".</param>
internal sealed record PrimitiveFormat(Func<JsonValueKind, bool> IsJsonKind, string JsonKindName, PrimitiveTest Matches, string Expected)
{
    /// <summary>The longest string, in characters (FHIR R4 datatypes, string).</summary>
    public const int MaxStringLength = 1024 * 1024;

    private const int MaxIdLength = 64;

    private static readonly SearchValues<byte> IdBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    private static readonly SearchValues<byte> Base64Bytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private static readonly SearchValues<byte> LowerHexBytes = SearchValues.Create("0123456789abcdef"u8);

    private static readonly Dictionary<string, PrimitiveFormat> Formats = new(StringComparer.Ordinal)
    {
        ["boolean"] = new(k => k is JsonValueKind.True or JsonValueKind.False, "true or false", _ => true, "a boolean"),
        ["integer"] = Number(t => IsInteger(t, int.MinValue), "a whole number of 32 bits"),
        ["unsignedInt"] = Number(t => IsInteger(t, 0), "a whole number from 0 to 2147483647"),
        ["positiveInt"] = Number(t => IsInteger(t, 1), "a whole number from 1 to 2147483647"),
        ["decimal"] = Number(_ => true, "a decimal"),
        ["string"] = String(IsString, "text without control characters of at most 1048576 characters"),
        ["markdown"] = String(IsString, "text without control characters of at most 1048576 characters"),
        ["code"] = String(IsCode, "a code (no blank at its ends, single blanks within)"),
        ["id"] = String(IsId, "an id (1 to 64 of A-Z, a-z, 0-9, '-', '.')"),
        ["uri"] = String(IsUri, "a URI (no white space)"),
        ["url"] = String(IsUri, "a URL (no white space)"),
        ["canonical"] = String(IsUri, "a canonical URL (no white space)"),
        ["oid"] = String(IsOid, "an OID of the form urn:oid:1.2.3"),
        ["uuid"] = String(IsUuid, "a UUID of the form urn:uuid: and 36 characters in lower case"),
        ["base64Binary"] = String(IsBase64, "base64 text"),
        ["date"] = String(DateText.IsDate, "a date of the form YYYY, YYYY-MM or YYYY-MM-DD that the calendar has"),
        ["dateTime"] = String(DateText.IsDateTime, "a date, or a date and time with seconds and time zone"),
        ["instant"] = String(DateText.IsInstant, "an instant of the form YYYY-MM-DDThh:mm:ss with time zone"),
        ["time"] = String(DateText.IsTime, "a time of the form hh:mm:ss"),
        ["xhtml"] = String(t => t.StartsWith("<div"u8), "an XHTML div element"),
    };

    /// <param name="typeName">A primitive type of R4.</param>
    public static PrimitiveFormat Of(string typeName) => Formats[typeName];

    public static bool IsId(ReadOnlySpan<byte> text) => text.Length is > 0 and <= MaxIdLength && !text.ContainsAnyExcept(IdBytes);

    /// <summary>Whether there is nothing but blanks: allowed, yet a reader may trim it to nothing.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) < 0;

    private static PrimitiveFormat Number(PrimitiveTest matches, string expected) =>
        new(k => k == JsonValueKind.Number, "a number", matches, expected);

    private static PrimitiveFormat String(PrimitiveTest matches, string expected) =>
        new(k => k == JsonValueKind.String, "a string", matches, expected);

    /// <summary>JSON has no leading zeros already; what is left to refuse are fraction, exponent and range.</summary>
    private static bool IsInteger(ReadOnlySpan<byte> text, int min) =>
        int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var value)
        && value >= min
        && (min == int.MinValue || text[0] != '-');

    private static bool IsString(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaxStringLength && Encoding.UTF8.GetCharCount(text) > MaxStringLength)
        {
            return false;
        }

        for (var rest = text; rest.IndexOfAnyInRange((byte)0, (byte)31) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            if (rest[at] is not ((byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCode(ReadOnlySpan<byte> text)
    {
        var wasBlank = true;
        foreach (var b in text)
        {
            var isBlank = b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            if ((isBlank && wasBlank) || (b < ' ' && !isBlank))
            {
                return false;
            }

            wasBlank = isBlank;
        }

        return !wasBlank;
    }

    private static bool IsUri(ReadOnlySpan<byte> text) => text.IndexOfAnyInRange((byte)0, (byte)' ') < 0;

    /// <summary><c>urn:oid:[0-2](\.(0|[1-9][0-9]*))+</c></summary>
    private static bool IsOid(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("urn:oid:"u8) || text.Length < 9 || text[8] is < (byte)'0' or > (byte)'2')
        {
            return false;
        }

        var arcs = text[9..];
        if (arcs.IsEmpty)
        {
            return false;
        }

        while (!arcs.IsEmpty)
        {
            if (arcs[0] != '.')
            {
                return false;
            }

            arcs = arcs[1..];
            var digits = arcs.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : arcs.Length;
            if (digits == 0 || (arcs[0] == '0' && digits > 1))
            {
                return false;
            }

            arcs = arcs[digits..];
        }

        return true;
    }

    private static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (text.Length != 45 || !text.StartsWith("urn:uuid:"u8))
        {
            return false;
        }

        var uuid = text[9..];
        return uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-'
            && !uuid[..8].ContainsAnyExcept(LowerHexBytes)
            && !uuid[9..13].ContainsAnyExcept(LowerHexBytes)
            && !uuid[14..18].ContainsAnyExcept(LowerHexBytes)
            && !uuid[19..23].ContainsAnyExcept(LowerHexBytes)
            && !uuid[24..].ContainsAnyExcept(LowerHexBytes);
    }

    /// <summary>
    /// Groups of four characters, white space between groups only, padding at the end only. The pattern of the specification would let
    /// '=' stand anywhere; such text decodes to nothing (RFC 4648 §4).
    /// </summary>
    private static bool IsBase64(ReadOnlySpan<byte> text)
    {
        var groups = 0;
        while (true)
        {
            text = text.TrimStart(" \t\r\n"u8);
            if (text.IsEmpty)
            {
                return groups > 0;
            }

            var length = text.IndexOfAnyExcept(Base64Bytes) is >= 0 and var end ? end : text.Length;
            var whole = length & ~3;
            groups += whole / 4;
            text = text[whole..];
            if (length != whole)
            {
                return IsPadded(text, length - whole);
            }

            if (!text.IsEmpty && text[0] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return false;
            }
        }
    }

    /// <summary>Whether the last group, of which two or three characters are data, is filled up and followed by white space only.</summary>
    private static bool IsPadded(ReadOnlySpan<byte> text, int dataLength) =>
        dataLength >= 2 && text.Length >= 4 && !text[dataLength..4].ContainsAnyExcept((byte)'=') && IsBlank(text[4..]);
}
