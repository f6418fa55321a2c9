namespace Integration.Adapters.Dicom.DataSets;

/// <summary>What a data set may cost before it is given up.</summary>
internal sealed record DicomReadLimits
{
    public static readonly DicomReadLimits Usual = new();

    /// <summary>Longest value that is kept of a text or number; longer ones are read past.</summary>
    public int MaxValueBytes { get; init; } = 1024 * 1024;

    /// <summary>Longest value that is kept of bulk (OB, OW, UN …); longer ones are read past.</summary>
    public int MaxBulkBytes { get; init; } = 1024;

    /// <summary>All values together, with <see cref="ElementCost"/> for each attribute: more is no metadata.</summary>
    public int MaxKeptBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Sequences within sequences; those of structured reports have a dozen.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>What an attribute costs beside its value.</summary>
    public const int ElementCost = 64;
}
