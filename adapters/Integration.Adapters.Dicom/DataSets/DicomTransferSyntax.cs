namespace Integration.Adapters.Dicom.DataSets;

/// <summary>How a data set is written, as far as its metadata is concerned: compressed pixels make no difference. DICOM PS3.5 §10, §A.</summary>
internal readonly record struct DicomTransferSyntax(bool IsExplicit, bool IsBigEndian, bool IsDeflated)
{
    public const string ImplicitLittleEndianUid = "1.2.840.10008.1.2";
    public const string ExplicitLittleEndianUid = "1.2.840.10008.1.2.1";
    public const string DeflatedUid = "1.2.840.10008.1.2.1.99";
    public const string ExplicitBigEndianUid = "1.2.840.10008.1.2.2";

    private const string DeflatedReferencedUid = "1.2.840.10008.1.2.4.95";   // JPIP Referenced Deflate

    private const string Standard = "1.2.840.10008.1.2";

    public static readonly DicomTransferSyntax ImplicitLittleEndian = new(false, false, false);
    public static readonly DicomTransferSyntax ExplicitLittleEndian = new(true, false, false);
    public static readonly DicomTransferSyntax ExplicitBigEndian = new(true, true, false);

    /// <summary>The encoding behind a UID; null for a private one, of which nothing is known.</summary>
    public static DicomTransferSyntax? Find(string uid) => uid switch
    {
        ImplicitLittleEndianUid => ImplicitLittleEndian,
        ExplicitBigEndianUid => ExplicitBigEndian,
        DeflatedUid or DeflatedReferencedUid => new(true, false, true),
        _ => uid.StartsWith(Standard + ".", StringComparison.Ordinal) ? ExplicitLittleEndian : null,   // PS3.5 §A.4: all compressed ones
    };
}
