namespace Integration.Adapters.Dicom.DataSets;

/// <summary>Why a data set cannot be read. Holds no value of it.</summary>
/// <param name="Path">Where: <c>(0008,1115)[2].(0020,000E)</c>; empty for the beginning of a file.</param>
/// <param name="Offset">Byte from which on it cannot be read, from 0; of the inflated bytes when it is deflated.</param>
internal sealed record DicomReadError(string Path, long Offset, string Text)
{
    public override string ToString() => $"{(Path.Length == 0 ? "" : Path + ": ")}{Text} (byte {Offset})";
}

/// <summary>What reading gave.</summary>
/// <param name="DataSet">Null when <paramref name="Error"/> is set.</param>
/// <param name="FileMeta">The file meta information of a Part 10 file; null for a bare data set.</param>
internal sealed record DicomReadResult(DicomDataSet? DataSet, DicomDataSet? FileMeta, DicomReadError? Error);
