using System.Security.Cryptography;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;

namespace Integration.Adapters.Dicom.Studies;

/// <summary>What one instance says that the record wants to know: its place, and the attributes of patient, study and series.</summary>
/// <param name="StudyAttributes">DICOM JSON.</param>
/// <param name="SeriesAttributes">DICOM JSON.</param>
/// <param name="Hash">First eight bytes of the SHA-256 of its SOP Instance UID, 16 hex digits.</param>
internal sealed record Instance(string StudyUid, string SeriesUid, string SopClassUid, string Hash, string StudyAttributes, string SeriesAttributes)
{
    /// <param name="authority">Issuer of the patient's id where the instance names none; null: none.</param>
    public static Instance Of(DicomDataSet set, string? authority)
    {
        var study = Studies.StudyAttributes.Pick(set, Studies.StudyAttributes.OfStudy);
        if (authority is not null && set.Text(DicomTag.IssuerOfPatientId).Length == 0)
        {
            study = WithIssuer(study, authority);
        }

        return new(
            set.Text(DicomTag.StudyInstanceUid), set.Text(DicomTag.SeriesInstanceUid), set.Text(DicomTag.SopClassUid), HashOf(set.Text(DicomTag.SopInstanceUid)),
            Json(study), Json(Studies.StudyAttributes.Pick(set, Studies.StudyAttributes.OfSeries)));
    }

    public static string HashOf(string sopInstanceUid) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(sopInstanceUid)).AsSpan(0, 8));

    private static DicomDataSet WithIssuer(DicomDataSet study, string authority) =>
        DicomUtf8.Join([new DicomElement(DicomTag.IssuerOfPatientId, DicomVr.Lo, Encoding.UTF8.GetBytes(authority)), .. study.InUtf8().Elements]);

    private static string Json(DicomDataSet set) => Encoding.UTF8.GetString(DicomJsonWriter.Write(set));
}
