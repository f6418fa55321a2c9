using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Json;

/// <summary>Writes data sets in the DICOM JSON model, PS3.18 §F.2: UTF-8, attributes in order of tag, without group lengths and file meta information.</summary>
internal static class DicomJsonWriter
{
    /// <summary>PS3.18 §F.2.3: three groups of a name have a member each.</summary>
    public static readonly string[] NameGroups = ["Alphabetic", "Ideographic", "Phonetic"];

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One data set as a JSON object.</summary>
    public static byte[] Write(DicomDataSet set)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            Write(json, set);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, DicomDataSet set)
    {
        json.WriteStartObject();
        foreach (var element in set.Elements.Where(IsWritten).OrderBy(element => element.Tag))
        {
            json.WriteStartObject(string.Create(CultureInfo.InvariantCulture, $"{element.Tag:X8}"));
            json.WriteString("vr", element.Vr.ToString());
            if (element.Items is { } items)
            {
                WriteItems(json, items);
            }
            else if (element.Vr.IsBulk && !element.Value.IsEmpty)
            {
                json.WriteBase64String("InlineBinary", element.Value.Span);
            }
            else if (element.Tag == DicomTag.SpecificCharacterSet)
            {
                // The JSON is in UTF-8, whatever the data set was in (PS3.18 §F.2.2).
                WriteValues(json, element.Vr, ["ISO_IR 192"]);
            }
            else
            {
                WriteValues(json, element.Vr, DicomValues.Texts(element, set));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static bool IsWritten(DicomElement element) => (element.Tag & 0xFFFF) != 0 && element.Tag >> 16 > 2;

    private static void WriteItems(Utf8JsonWriter json, IReadOnlyList<DicomDataSet> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray("Value");
        foreach (var item in items)
        {
            Write(json, item);
        }

        json.WriteEndArray();
    }

    private static void WriteValues(Utf8JsonWriter json, DicomVr vr, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray("Value");
        foreach (var value in values)
        {
            if (value.Length == 0)
            {
                json.WriteNullValue();   // PS3.18 §F.2.5: an empty value among others
            }
            else if (vr == DicomVr.Pn)
            {
                WriteName(json, value);
            }
            else if ((vr == DicomVr.Ds || vr == DicomVr.Is || (vr.NumberBytes > 0 && vr != DicomVr.At)) && IsJsonNumber(value))
            {
                json.WriteRawValue(value);
            }
            else
            {
                json.WriteStringValue(value);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteName(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        foreach (var (group, text) in NameGroups.Zip(name.Split('=')))
        {
            if (text.TrimEnd(' ').Length > 0)
            {
                json.WriteString(group, text.TrimEnd(' '));
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Digits are kept as sent where JSON writes numbers in the same way; <c>+1.</c> and <c>007</c> stay texts, which PS3.18 §F.2.3.1 allows.</summary>
    private static bool IsJsonNumber(ReadOnlySpan<char> text)
    {
        var at = text is ['-', ..] ? 1 : 0;
        var whole = Digits(text[at..]);
        if (whole == 0 || (whole > 1 && text[at] == '0'))
        {
            return false;
        }

        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = Digits(text[(at + 1)..]);
            if (fraction == 0)
            {
                return false;
            }

            at += 1 + fraction;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            at += at < text.Length && text[at] is '+' or '-' ? 1 : 0;
            var exponent = Digits(text[at..]);
            return exponent > 0 && at + exponent == text.Length;
        }

        return at == text.Length;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
