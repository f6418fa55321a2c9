using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>Values of an attribute as text. DICOM PS3.5 §6.2, §6.4.</summary>
internal static class DicomValues
{
    private static readonly Encoding Latin1 = Encoding.Latin1;

    /// <summary>Every value, without padding, an empty one as an empty text. None for sequences, bulk and what was skipped.</summary>
    public static IReadOnlyList<string> Texts(DicomElement element, DicomDataSet within)
    {
        if (element.Value.IsEmpty || element.Vr.IsBulk || element.Items is not null)
        {
            return [];
        }

        if (!element.Vr.IsText)
        {
            return Numbers(element, within.IsBigEndian);
        }

        if (!element.Vr.IsInCharset)
        {
            return element.Vr.IsSingle ? [TrimEnd(Latin1.GetString(element.Value.Span))] : Ascii(element);
        }

        var text = within.Charset.Decode(element.Value.Span, element.Vr == DicomVr.Pn);
        return element.Vr.IsSingle ? [TrimEnd(text)] : Split(text, isName: element.Vr == DicomVr.Pn);
    }

    /// <summary>The values of a text that is never in a character set of its own.</summary>
    public static IReadOnlyList<string> Ascii(DicomElement element) => Split(Latin1.GetString(element.Value.Span), isName: false);

    private static string TrimEnd(string text) => text.TrimEnd(' ', '\0');

    private static string[] Split(string text, bool isName)
    {
        var values = TrimEnd(text).Split('\\');
        for (var i = 0; i < values.Length; i++)
        {
            // Blanks in front of a name may be an empty first character set's doing; in other texts they say nothing either.
            // Groups of a name that are empty at its end may be left out or not (PS3.5 §6.2.1.1).
            values[i] = isName ? TrimEnd(values[i]).TrimEnd('=') : values[i].Trim(' ', '\0');
        }

        return values.Length == 1 && values[0].Length == 0 ? [] : values;
    }

    private static string[] Numbers(DicomElement element, bool isBigEndian)
    {
        var size = element.Vr.NumberBytes;
        if (size == 0)
        {
            return [];
        }

        var values = new string[element.Value.Length / size];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Number(element.Value.Span.Slice(i * size, size), element.Vr, isBigEndian);
        }

        return values;
    }

    private static string Number(ReadOnlySpan<byte> bytes, DicomVr vr, bool isBigEndian)
    {
        if (vr == DicomVr.At)
        {
            var (group, element) = isBigEndian
                ? (BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))
                : (BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]));
            return string.Create(CultureInfo.InvariantCulture, $"{group:X4}{element:X4}");
        }

        Span<byte> little = stackalloc byte[8];
        bytes.CopyTo(little);
        if (isBigEndian)
        {
            little[..bytes.Length].Reverse();
        }

        IFormattable number =
            vr == DicomVr.Us ? BinaryPrimitives.ReadUInt16LittleEndian(little)
            : vr == DicomVr.Ss ? BinaryPrimitives.ReadInt16LittleEndian(little)
            : vr == DicomVr.Ul ? BinaryPrimitives.ReadUInt32LittleEndian(little)
            : vr == DicomVr.Sl ? BinaryPrimitives.ReadInt32LittleEndian(little)
            : vr == DicomVr.Uv ? BinaryPrimitives.ReadUInt64LittleEndian(little)
            : vr == DicomVr.Sv ? BinaryPrimitives.ReadInt64LittleEndian(little)
            : vr == DicomVr.Fl ? BinaryPrimitives.ReadSingleLittleEndian(little)
            : BinaryPrimitives.ReadDoubleLittleEndian(little);
        return number.ToString(null, CultureInfo.InvariantCulture);
    }
}
