using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Json;

/// <summary>Data sets whose texts are in UTF-8, whatever they came in.</summary>
internal static class DicomUtf8
{
    /// <summary>The same attributes, so that those of several data sets can stand in one.</summary>
    public static DicomDataSet InUtf8(this DicomDataSet set) =>
        DicomJsonReader.Read(DicomJsonWriter.Write(set), out var error) ?? throw new InvalidDataException($"A data set that was written cannot be read: {error}");

    /// <summary>Attributes of data sets in UTF-8 in one; of an attribute that stands more than once, the first one.</summary>
    public static DicomDataSet Join(params IEnumerable<DicomElement> elements)
    {
        var joined = new DicomDataSet(isBigEndian: false, null) { Charset = DicomCharset.Utf8 };
        foreach (var element in elements.DistinctBy(element => element.Tag))
        {
            joined.Add(element);
        }

        return joined;
    }
}
