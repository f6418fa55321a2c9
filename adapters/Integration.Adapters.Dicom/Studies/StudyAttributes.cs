using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;

namespace Integration.Adapters.Dicom.Studies;

/// <summary>Which attributes of an instance belong to its patient and study, and which to its series: DICOM PS3.3 §A.1.2 and the modules of these levels.</summary>
internal static class StudyAttributes
{
    /// <summary>Patient, patient study and general study module, and the order that the study was made for.</summary>
    public static readonly IReadOnlySet<uint> OfStudy = new HashSet<uint>
    {
        0x00080020, 0x00080030, 0x00080050, 0x00080051, 0x00080080, 0x00080090, 0x00080096, 0x00080201, 0x00081030, 0x00081032, 0x00081048, 0x00081060,
        0x00081080, 0x00081084, 0x00100010, 0x00100020, 0x00100021, 0x00100022, 0x00100024, 0x00100030, 0x00100032, 0x00100040, 0x00101000, 0x00101001,
        0x00101002, 0x00101010, 0x00101020, 0x00101030, 0x00101040, 0x00102000, 0x00102110, 0x00102154, 0x0020000D, 0x00200010, 0x00321032, 0x00321033,
        0x00321060, 0x00321064, 0x00380010, 0x00380011,
    };

    /// <summary>General series and general equipment module, and the request that the series was made for.</summary>
    public static readonly IReadOnlySet<uint> OfSeries = new HashSet<uint>
    {
        0x00080021, 0x00080031, 0x00080060, 0x00080070, 0x00081010, 0x0008103E, 0x00081040, 0x00081050, 0x00081070, 0x00081090, 0x00180015, 0x00181030,
        0x0020000E, 0x00200011, 0x00200060, 0x00400244, 0x00400245, 0x00400253, 0x00400254, 0x00400275,
    };

    /// <summary>Attributes with those that another data set has and they lack, or have without a value. The texts are in UTF-8.</summary>
    public static DicomDataSet Complete(DicomDataSet known, DicomDataSet from, IReadOnlySet<uint> tags)
    {
        var (said, more) = (known.InUtf8().Elements, Pick(from, tags).InUtf8().Elements);
        return DicomUtf8.Join([.. said.Where(HasValue), .. more, .. said]);
    }

    private static bool HasValue(DicomElement element) => !element.Value.IsEmpty || element.Items is { Count: > 0 };

    /// <summary>Those attributes of a data set, values and items as they are.</summary>
    public static DicomDataSet Pick(DicomDataSet from, IReadOnlySet<uint> tags)
    {
        var picked = new DicomDataSet(from.IsBigEndian, null) { Charset = from.Charset };
        foreach (var element in from.Elements)
        {
            if (tags.Contains(element.Tag) && !element.IsSkipped)
            {
                picked.Add(element);
            }
        }

        return picked;
    }
}
