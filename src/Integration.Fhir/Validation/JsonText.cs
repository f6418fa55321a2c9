using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Integration.Fhir.Validation;

/// <summary>
/// Text of JSON strings and names as UTF-8, without a string per value. Unlike <see cref="JsonElement.GetString"/> it answers false for
/// half a surrogate pair or broken UTF-8 instead of throwing, because a validator is given such input.
/// </summary>
internal static class JsonText
{
    /// <summary>The value's text, unescaped.</summary>
    /// <param name="element">A JSON string.</param>
    /// <param name="text">Valid until the document is disposed; empty when the answer is false.</param>
    /// <returns>Whether the text is valid Unicode.</returns>
    public static bool TryRead(JsonElement element, out ReadOnlySpan<byte> text)
    {
        var quoted = JsonMarshal.GetRawUtf8Value(element);
        return TryUnescape(quoted[1..^1], out text);
    }

    /// <summary>The property's name, unescaped; false when it is not valid Unicode.</summary>
    public static bool TryReadName(JsonProperty property, out ReadOnlySpan<byte> name) =>
        TryUnescape(JsonMarshal.GetRawUtf8PropertyName(property), out name);

    /// <summary>The first property of that name; an undefined element when there is none.</summary>
    public static JsonElement Find(JsonElement obj, ReadOnlySpan<byte> name)
    {
        foreach (var property in obj.EnumerateObject())
        {
            var raw = JsonMarshal.GetRawUtf8PropertyName(property);
            if (raw.SequenceEqual(name) || (raw.Contains((byte)'\\') && TryUnescape(raw, out var found) && found.SequenceEqual(name)))
            {
                return property.Value;
            }
        }

        return default;
    }

    /// <summary>The text of a property that is a JSON string; null when it is absent, of another kind or not valid Unicode.</summary>
    public static string? FindString(JsonElement obj, ReadOnlySpan<byte> name)
    {
        var value = Find(obj, name);
        return value.ValueKind == JsonValueKind.String && TryRead(value, out var text) ? Encoding.UTF8.GetString(text) : null;
    }

    private static bool TryUnescape(ReadOnlySpan<byte> raw, out ReadOnlySpan<byte> text)
    {
        text = raw;
        if (raw.Contains((byte)'\\'))
        {
            // Unescaping never lengthens: the shortest escape of a 3-byte character has 6 bytes.
            var buffer = new byte[raw.Length];
            if (!TryUnescape(raw, buffer, out var written))
            {
                text = default;
                return false;
            }

            text = buffer.AsSpan(0, written);
        }

        if (Utf8.IsValid(text))
        {
            return true;
        }

        text = default;
        return false;
    }

    private static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> destination, out int written)
    {
        written = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                destination[written++] = raw[i];
                continue;
            }

            i++;
            if (raw[i] != 'u')
            {
                destination[written++] = Unescaped(raw[i]);
                continue;
            }

            // The parser has already seen to it that four hexadecimal digits follow.
            var unit = ReadHex(raw.Slice(i + 1, 4));
            i += 4;
            if (char.IsHighSurrogate(unit) && raw.Length > i + 6 && raw[i + 1] == '\\' && raw[i + 2] == 'u'
                && Rune.TryCreate(unit, ReadHex(raw.Slice(i + 3, 4)), out var pair))
            {
                i += 6;
                written += pair.EncodeToUtf8(destination[written..]);
            }
            else if (Rune.TryCreate(unit, out var single))
            {
                written += single.EncodeToUtf8(destination[written..]);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static byte Unescaped(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    private static char ReadHex(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
