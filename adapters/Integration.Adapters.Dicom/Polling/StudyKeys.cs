using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>What queries ask for at each level, DICOM PS3.4 §C.6.2.1: all that the record keeps of a study or series, and the counts.</summary>
internal static class StudyKeys
{
    /// <summary>Sequences are not asked for: archives answer them seldom, and some refuse them.</summary>
    public static IReadOnlyList<uint> OfStudy { get; } =
    [
        0x00080020, 0x00080030, 0x00080050, DicomTag.ModalitiesInStudy, 0x00080090, 0x00081030, 0x00100010, DicomTag.PatientId, DicomTag.IssuerOfPatientId,
        0x00100030, 0x00100032, 0x00100040, 0x00101000, 0x00101010, 0x00101020, 0x00101030, 0x00101040, 0x00102154, DicomTag.StudyInstanceUid, 0x00200010,
        DicomTag.NumberOfStudyRelatedSeries, DicomTag.NumberOfStudyRelatedInstances,
    ];

    public static IReadOnlyList<uint> OfPatient { get; } =
    [
        0x00100010, DicomTag.PatientId, DicomTag.IssuerOfPatientId, 0x00100030, 0x00100032, 0x00100040, 0x00101000, 0x00101001, 0x00101040, 0x00102154,
    ];

    public static IReadOnlyList<uint> OfSeries { get; } =
    [
        0x00080021, 0x00080031, DicomTag.Modality, 0x0008103E, 0x00081050, 0x00180015, DicomTag.SeriesInstanceUid, 0x00200011, 0x00200060,
        0x00400244, 0x00400245, DicomTag.NumberOfSeriesRelatedInstances,
    ];
}
