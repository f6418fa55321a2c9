using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Asks by C-FIND in the study root information model, for patients in the patient root: DICOM PS3.4 §C.6.1 and §C.6.2.</summary>
/// <param name="patients">Ask for the patient of each study too.</param>
internal sealed class DicomFindSource(RequestedAssociation association, bool patients) : IStudySource
{
    /// <summary>Study Root Query/Retrieve Information Model – FIND.</summary>
    public const string StudyRoot = "1.2.840.10008.5.1.4.1.2.2.1";

    /// <summary>Patient Root Query/Retrieve Information Model – FIND.</summary>
    public const string PatientRoot = "1.2.840.10008.5.1.4.1.2.1.1";

    private const uint QueryLevel = 0x00080052;
    private const uint StudyDate = 0x00080020;

    // A round is short; a patient has several studies.
    private readonly Dictionary<(string Id, string Issuer), DicomDataSet?> _patients = [];

    /// <exception cref="DicomPeerException">It cannot be reached, or refuses.</exception>
    public static async Task<IStudySource> OpenAsync(DicomPeer peer, bool patients, TimeProvider time, CancellationToken cancellationToken) =>
        new DicomFindSource(await RequestedAssociation.OpenAsync(peer, patients ? [StudyRoot, PatientRoot] : [StudyRoot], time, cancellationToken), patients);

    public async IAsyncEnumerable<DicomDataSet> StudiesAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var keys = Keys("STUDY", StudyKeys.OfStudy, (StudyDate, day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)));
        await foreach (var study in association.FindAsync(StudyRoot, keys, cancellationToken))
        {
            if (seen.Add(study.Text(DicomTag.StudyInstanceUid)))
            {
                yield return study;
            }
        }
    }

    /// <summary>By the unique key of that level, PS3.4 §C.6.1.1.2. An id that would be a pattern (§C.2.2.2.4) is not asked for.</summary>
    public async Task<DicomDataSet?> PatientAsync(DicomDataSet study, CancellationToken cancellationToken)
    {
        var (id, issuer) = (study.Text(DicomTag.PatientId), study.Text(DicomTag.IssuerOfPatientId));
        if (!patients || id.Length == 0 || id.AsSpan().ContainsAny('*', '?', '\\') || !Ascii.IsValid(id))
        {
            return null;
        }

        if (_patients.TryGetValue((id, issuer), out var known))
        {
            return known;
        }

        DicomDataSet? found = null;
        await foreach (var patient in association.FindAsync(PatientRoot, Keys("PATIENT", StudyKeys.OfPatient, (DicomTag.PatientId, id)), cancellationToken))
        {
            var said = patient.Text(DicomTag.IssuerOfPatientId);
            if (patient.Text(DicomTag.PatientId) == id && (said.Length == 0 || issuer.Length == 0 || said == issuer))
            {
                found ??= patient;
            }
        }

        return _patients[(id, issuer)] = found;
    }

    public IAsyncEnumerable<DicomDataSet> SeriesAsync(string studyUid, CancellationToken cancellationToken) =>
        association.FindAsync(StudyRoot, Keys("SERIES", StudyKeys.OfSeries, (DicomTag.StudyInstanceUid, studyUid)), cancellationToken);

    public async Task<int> CountAsync(string studyUid, string seriesUid, CancellationToken cancellationToken)
    {
        var keys = Keys("IMAGE", [DicomTag.SopInstanceUid], (DicomTag.StudyInstanceUid, studyUid), (DicomTag.SeriesInstanceUid, seriesUid));
        var count = 0;
        await foreach (var _ in association.FindAsync(StudyRoot, keys, cancellationToken))
        {
            count++;
        }

        return count;
    }

    /// <summary>A query answers nothing beyond its keys.</summary>
    public Task<DicomDataSet?> SampleAsync(string studyUid, string seriesUid, CancellationToken cancellationToken) => Task.FromResult<DicomDataSet?>(null);

    public ValueTask DisposeAsync() => association.DisposeAsync();

    private static DicomDataSet Keys(string level, IEnumerable<uint> asked, params (uint Tag, string Value)[] wanted) =>
        QueryKeys.Of([(QueryLevel, level), .. wanted, .. asked.Where(tag => wanted.All(key => key.Tag != tag)).Select(tag => (tag, ""))]);
}
