using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Store;

/// <summary>What every instance must say of itself.</summary>
internal static class InstanceCheck
{
    /// <summary>Why it cannot be kept; null: nothing stands in the way.</summary>
    /// <param name="sopInstanceUid">The instance that it must be; null: any.</param>
    /// <param name="studyUid">The study that it must belong to; null: any.</param>
    public static DimseStatus? Of(DicomDataSet instance, string? sopInstanceUid = null, string? studyUid = null)
    {
        foreach (var tag in (ReadOnlySpan<uint>)[DicomTag.SopClassUid, DicomTag.SopInstanceUid, DicomTag.StudyInstanceUid, DicomTag.SeriesInstanceUid])
        {
            if (instance.Text(tag).Length == 0)
            {
                return DimseStatus.Mismatch($"{DicomTag.Show(tag)} is missing");
            }
        }

        return sopInstanceUid is not null && instance.Text(DicomTag.SopInstanceUid) != sopInstanceUid
            ? DimseStatus.Mismatch($"{DicomTag.Show(DicomTag.SopInstanceUid)} is not the instance of the request")
            : studyUid is not null && instance.Text(DicomTag.StudyInstanceUid) != studyUid
            ? DimseStatus.Mismatch($"{DicomTag.Show(DicomTag.StudyInstanceUid)} is not the study of the request")
            : null;
    }
}
