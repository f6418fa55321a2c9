using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>An archive that is asked for its studies, in one round. Not for many threads. Every method throws <see cref="DicomPeerException"/> when it cannot be asked.</summary>
internal interface IStudySource : IAsyncDisposable
{
    /// <summary>The studies of a day, by their study date; each once.</summary>
    IAsyncEnumerable<DicomDataSet> StudiesAsync(DateOnly day, CancellationToken cancellationToken);

    /// <summary>What the archive knows of a study's patient, who may say more than the study does; null: nobody, or not to be asked for.</summary>
    Task<DicomDataSet?> PatientAsync(DicomDataSet study, CancellationToken cancellationToken);

    /// <summary>The series of a study.</summary>
    IAsyncEnumerable<DicomDataSet> SeriesAsync(string studyUid, CancellationToken cancellationToken);

    /// <summary>How many instances a series has, counted one by one: for archives that do not say it.</summary>
    Task<int> CountAsync(string studyUid, string seriesUid, CancellationToken cancellationToken);

    /// <summary>One instance of a series with all its attributes, which say more of study and series than a query answers; null: none, or not to be asked for.</summary>
    Task<DicomDataSet?> SampleAsync(string studyUid, string seriesUid, CancellationToken cancellationToken);
}
