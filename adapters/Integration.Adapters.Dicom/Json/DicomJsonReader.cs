using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Json;

/// <summary>Reads the DICOM JSON model, PS3.18 §F.2. What is no attribute by name or value is an error that names the place.</summary>
internal static class DicomJsonReader
{
    private const int MaxDepth = 128;   // of braces: about 32 sequences in one another

    /// <param name="utf8">One object.</param>
    /// <param name="error">What is wrong and where, without values; null when nothing is.</param>
    /// <returns>Null when there is an error.</returns>
    public static DicomDataSet? Read(ReadOnlyMemory<byte> utf8, out string? error)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(json.RootElement, out error);
        }
        catch (JsonException exception)
        {
            error = $"This is no JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).";
            return null;
        }
    }

    /// <summary>As <see cref="Read(ReadOnlyMemory{byte}, out string?)"/>, of an object in a list.</summary>
    public static DicomDataSet? Read(JsonElement json, out string? error)
    {
        error = null;
        return ReadSet(json, null, "", ref error);
    }

    private static DicomDataSet? ReadSet(JsonElement json, DicomDataSet? parent, string path, ref string? error)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            error ??= $"{(path.Length == 0 ? "A data set" : path)} must be an object of attributes.";
            return null;
        }

        var set = new DicomDataSet(isBigEndian: false, parent) { Charset = DicomCharset.Utf8 };
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name.Length != 8 || !uint.TryParse(member.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag)
                || member.Value.ValueKind != JsonValueKind.Object)
            {
                error ??= $"{path}: a member is no attribute, which has eight hexadecimal digits and an object.";
                return null;
            }

            var place = $"{path}{DicomTag.Show(tag)}";
            if (ReadElement(tag, member.Value, set, place, ref error) is not { } element)
            {
                error ??= $"{place}: the value does not fit its value representation.";
                return null;
            }

            set.Add(element);
        }

        return set;
    }

    private static DicomElement? ReadElement(uint tag, JsonElement json, DicomDataSet set, string place, ref string? error)
    {
        var letters = json.TryGetProperty("vr", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
        var vr = letters.Length == 2 ? DicomVr.Of(letters) : DicomTag.ImplicitVr(tag);
        if (letters.Length > 0 && (letters.Length != 2 || !vr.IsKnown))
        {
            error ??= $"{place}: vr is no value representation.";
            return null;
        }

        var values = json.TryGetProperty("Value", out var list) && list.ValueKind == JsonValueKind.Array ? list : default;
        if (vr == DicomVr.Sq)
        {
            return ReadItems(tag, values, set, place, ref error);
        }

        if (json.TryGetProperty("InlineBinary", out var inline))
        {
            return inline.ValueKind == JsonValueKind.String && inline.TryGetBytesFromBase64(out var bytes) ? new DicomElement(tag, vr, bytes) : null;
        }

        return values.ValueKind != JsonValueKind.Array
            ? new DicomElement(tag, vr, default) { IsSkipped = json.TryGetProperty("BulkDataURI", out _) }
            : vr.IsText ? ReadTexts(tag, vr, values)
            : vr.NumberBytes > 0 ? ReadNumbers(tag, vr, values)
            : null;
    }

    private static DicomElement? ReadItems(uint tag, JsonElement values, DicomDataSet set, string place, ref string? error)
    {
        var items = new List<DicomDataSet>();
        if (values.ValueKind == JsonValueKind.Array)
        {
            foreach (var value in values.EnumerateArray())
            {
                if (ReadSet(value, set, $"{place}[{items.Count + 1}].", ref error) is not { } item)
                {
                    return null;
                }

                items.Add(item);
            }
        }

        return new DicomElement(tag, DicomVr.Sq, default) { Items = items };
    }

    private static DicomElement? ReadTexts(uint tag, DicomVr vr, JsonElement values)
    {
        var texts = new List<string>();
        foreach (var value in values.EnumerateArray())
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.Null:
                    texts.Add("");
                    break;
                case JsonValueKind.String:
                    texts.Add(value.GetString()!);
                    break;
                case JsonValueKind.Number:
                    texts.Add(value.GetRawText());
                    break;
                case JsonValueKind.Object when vr == DicomVr.Pn:
                    texts.Add(NameOf(value));
                    break;
                default:
                    return null;
            }
        }

        return new DicomElement(tag, vr, Encoding.UTF8.GetBytes(string.Join('\\', texts)));
    }

    private static string NameOf(JsonElement name) => string.Join('=', DicomJsonWriter.NameGroups.Select(group =>
        name.TryGetProperty(group, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : "")).TrimEnd('=');

    private static DicomElement? ReadNumbers(uint tag, DicomVr vr, JsonElement values)
    {
        var bytes = new byte[values.GetArrayLength() * vr.NumberBytes];
        var at = bytes.AsSpan();
        foreach (var value in values.EnumerateArray())
        {
            var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.ValueKind == JsonValueKind.String ? value.GetString()! : "0";
            if (!TryWrite(at, vr, text))
            {
                return null;
            }

            at = at[vr.NumberBytes..];
        }

        return new DicomElement(tag, vr, bytes);
    }

    private static bool TryWrite(Span<byte> at, DicomVr vr, string text)
    {
        if (vr == DicomVr.At)
        {
            var isTag = uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var tag);
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)(tag >> 16));
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], (ushort)tag);
            return isTag;
        }

        if (vr == DicomVr.Fl || vr == DicomVr.Fd)
        {
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            if (vr == DicomVr.Fl)
            {
                BinaryPrimitives.WriteSingleLittleEndian(at, (float)number);
            }
            else
            {
                BinaryPrimitives.WriteDoubleLittleEndian(at, number);
            }

            return isNumber;
        }

        var isSigned = vr == DicomVr.Ss || vr == DicomVr.Sl || vr == DicomVr.Sv;
        var bits = vr.NumberBytes * 8;
        if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            || whole < (isSigned ? -(Int128.One << (bits - 1)) : 0) || whole >= Int128.One << (isSigned ? bits - 1 : bits))
        {
            return false;
        }

        Span<byte> all = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(all, whole);
        all[..vr.NumberBytes].CopyTo(at);
        return true;
    }
}
