using System.Globalization;
using System.Runtime.CompilerServices;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Asks by C-FIND in the study root information model, DICOM PS3.4 §C.6.2.</summary>
internal sealed class DicomFindSource(RequestedAssociation association) : IStudySource
{
    /// <summary>Study Root Query/Retrieve Information Model – FIND.</summary>
    public const string StudyRoot = "1.2.840.10008.5.1.4.1.2.2.1";

    private const uint QueryLevel = 0x00080052;
    private const uint StudyDate = 0x00080020;

    /// <exception cref="DicomPeerException">It cannot be reached, or refuses.</exception>
    public static async Task<IStudySource> OpenAsync(DicomPeer peer, TimeProvider time, CancellationToken cancellationToken) =>
        new DicomFindSource(await RequestedAssociation.OpenAsync(peer, [StudyRoot], time, cancellationToken));

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
