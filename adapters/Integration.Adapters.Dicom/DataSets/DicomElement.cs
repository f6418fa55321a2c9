namespace Integration.Adapters.Dicom.DataSets;

/// <summary>One attribute of a data set. Immutable.</summary>
/// <param name="Tag">Group in the high half.</param>
/// <param name="Value">As written, padding included; empty for a sequence and for what was skipped.</param>
internal sealed record DicomElement(uint Tag, DicomVr Vr, ReadOnlyMemory<byte> Value)
{
    /// <summary>Of a sequence; null for all else.</summary>
    public IReadOnlyList<DicomDataSet>? Items { get; init; }

    /// <summary>The value was read past since it is bulk or too long for metadata.</summary>
    public bool IsSkipped { get; init; }
}
