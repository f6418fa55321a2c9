using Integration.Adapters.Dicom.DataSets;

namespace Integration.Adapters.Dicom.Studies;

/// <summary>
/// A key object selection that takes instances back: IHE Radiology, Imaging Object Change Management, RAD TF-2 §4.66 (Rejection Note Stored); DICOM PS3.3 §A.35.4,
/// PS3.16 CID 7011.
/// </summary>
/// <param name="StudyUid">The study whose instances it names; a note names another study in a document of its own.</param>
/// <param name="Hashes">Of the instances, see <see cref="Instance.HashOf"/>.</param>
/// <param name="MayReturn">The instances went because their time of keeping is over (113039): what is sent again counts again.</param>
internal sealed record RejectionNote(string StudyUid, IReadOnlyList<string> Hashes, bool MayReturn)
{
    /// <summary>Key Object Selection Document Storage.</summary>
    public const string SopClassUid = "1.2.840.10008.5.1.4.1.1.88.59";

    private const string DataRetentionExpired = "113039";

    /// <summary>Rejected for quality reasons, for patient safety reasons, incorrect modality worklist entry, data retention policy expired.</summary>
    private static readonly HashSet<string> Titles = ["113001", "113037", "113038", DataRetentionExpired];

    /// <summary>The notes in an instance, one for each study that it names; none in any other instance, nor in a key object selection of another title.</summary>
    public static IReadOnlyList<RejectionNote> In(DicomDataSet instance)
    {
        if (instance.Text(DicomTag.SopClassUid) != SopClassUid
            || instance.Find(DicomTag.ConceptNameCodeSequence)?.Items is not [var title, ..]
            || title.Text(DicomTag.CodingSchemeDesignator) != "DCM" || !Titles.Contains(title.Text(DicomTag.CodeValue)))
        {
            return [];
        }

        return
        [
            .. ItemsOf(instance, DicomTag.CurrentRequestedProcedureEvidenceSequence).Where(study => study.Text(DicomTag.StudyInstanceUid).Length > 0)
                .Select(study => new RejectionNote(study.Text(DicomTag.StudyInstanceUid), HashesOf(study), title.Text(DicomTag.CodeValue) == DataRetentionExpired)),
        ];
    }

    private static List<string> HashesOf(DicomDataSet study) =>
    [
        .. ItemsOf(study, DicomTag.ReferencedSeriesSequence).SelectMany(series => ItemsOf(series, DicomTag.ReferencedSopSequence))
            .Select(reference => reference.Text(DicomTag.ReferencedSopInstanceUid)).Where(uid => uid.Length > 0).Distinct(StringComparer.Ordinal).Select(Instance.HashOf),
    ];

    private static IEnumerable<DicomDataSet> ItemsOf(DicomDataSet set, uint sequence) => set.Find(sequence)?.Items ?? [];
}
