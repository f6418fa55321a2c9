using System.Text;
using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>The identifier of a query, DICOM PS3.4 §C.2.2.2: an empty value asks for the attribute, another one says what it must be.</summary>
internal static class QueryKeys
{
    /// <param name="keys">Values in ASCII.</param>
    public static DicomDataSet Of(IEnumerable<(uint Tag, string Value)> keys)
    {
        var set = new DicomDataSet(isBigEndian: false, null);
        foreach (var (tag, value) in keys)
        {
            set.Add(new DicomElement(tag, DicomTag.ImplicitVr(tag), Encoding.ASCII.GetBytes(value)));
        }

        return set;
    }
}
