using System.Text;
using Integration.Adapters.Shared.Text;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>
/// The character set of the texts of a data set: one, or several that escape sequences switch between (ISO 2022). DICOM PS3.5 §6.1.2, PS3.3 §C.12.1.1.2.
/// </summary>
/// <remarks>Immutable, safe for many threads.</remarks>
internal sealed class DicomCharset
{
    /// <summary>Bytes above 7F that are looked at to find a wrong declaration: as good as all that a data set has.</summary>
    private const int MostSampleBytes = 64 * 1024;

    private readonly SourceCharset _initial;
    private readonly bool _isExtended;

    private DicomCharset(SourceCharset initial, bool isExtended, string declared) => (_initial, _isExtended, Declared) = (initial, isExtended, declared);

    /// <summary>UTF-8, the character set of DICOM JSON.</summary>
    public static DicomCharset Utf8 { get; } = new(SourceCharset.Utf8, false, "ISO_IR 192");

    /// <summary>What the data set or the site says, e.g. <c>ISO_IR 100</c> or <c>\ISO 2022 IR 87</c>; empty when neither says anything.</summary>
    public string Declared { get; }

    /// <summary>The set that the bytes turned out to be in; null when they are in the declared one.</summary>
    public string? Instead { get; private init; }

    /// <summary>Whether the declaration names a set that is none of PS3.3 §C.12.1.1.2.</summary>
    public bool IsUnknown { get; private init; }

    /// <summary>Takes the declared set, unless the texts were certainly not written in it.</summary>
    /// <param name="declared">Values of (0008,0005); an empty first one is ISO_IR 6.</param>
    /// <param name="texts">The data set whose texts are judged.</param>
    /// <param name="ordered">A set that a site orders: it is not doubted. Null: none.</param>
    public static DicomCharset Resolve(IReadOnlyList<string> declared, DicomDataSet texts, string? ordered)
    {
        var name = string.Join('\\', declared);
        var first = declared.Count == 0 ? "" : declared[0];
        var known = DicomCharsets.Find(first);
        var initial = known ?? SourceCharset.Ascii;
        var isExtended = declared.Count > 1 || first.StartsWith("ISO 2022", StringComparison.Ordinal);
        var charset = new DicomCharset(initial, isExtended, name) { IsUnknown = known is null };
        if (ordered is not null)
        {
            return charset;
        }

        var sample = Sample(texts);
        if (sample.Length == 0 || (isExtended && sample.Contains(DicomCharsets.Escape)))
        {
            return charset;
        }

        return Contradiction(initial, sample) is { } other ? new DicomCharset(other, false, name) { Instead = other.Name, IsUnknown = known is null } : charset;
    }

    /// <summary>The text; what cannot be decoded is U+FFFD, as a value is better half readable than lost.</summary>
    /// <param name="isName">Of PN, whose components and groups begin anew in the first set.</param>
    public string Decode(ReadOnlySpan<byte> bytes, bool isName) =>
        _isExtended && bytes.Contains(DicomCharsets.Escape) ? new DicomExtendedText(_initial).Decode(bytes, isName) : _initial.DecodeForDisplay(bytes);

    private static SourceCharset? Contradiction(SourceCharset declared, byte[] sample)
    {
        if (CharsetDetector.Contradiction(declared, sample) is { } certain)
        {
            return certain;
        }

        if (declared.TryDecode(sample, out _, out _) && declared != SourceCharset.Ascii)
        {
            return null;
        }

        // Bytes that are not valid in the declared set: the sets that modalities write by mistake, the stricter ones first.
        return new[] { SourceCharset.Utf8, SourceCharset.Gb18030, SourceCharset.Latin1 }
            .First(other => other != declared && other.TryDecode(sample, out _, out _) && (other != SourceCharset.Gb18030 || CharsetDetector.Contradiction(SourceCharset.Latin1, sample) is not null || declared == SourceCharset.Utf8));
    }

    /// <summary>The texts of the data set and its items that are not ASCII, one behind the other with a blank between.</summary>
    private static byte[] Sample(DicomDataSet texts)
    {
        using var sample = new MemoryStream();
        Collect(texts, sample);
        return sample.ToArray();
    }

    private static void Collect(DicomDataSet texts, MemoryStream sample)
    {
        foreach (var element in texts.Elements)
        {
            if (sample.Length > MostSampleBytes)
            {
                return;
            }

            foreach (var item in element.Items ?? [])
            {
                if (item.Find(DicomTag.SpecificCharacterSet) is null)
                {
                    Collect(item, sample);
                }
            }

            if (element.Vr.IsInCharset && (!Ascii.IsValid(element.Value.Span) || element.Value.Span.Contains(DicomCharsets.Escape)))
            {
                sample.Write(element.Value.Span);
                sample.WriteByte((byte)' ');
            }
        }
    }
}
