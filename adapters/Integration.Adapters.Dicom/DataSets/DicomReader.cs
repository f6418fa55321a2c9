using System.Buffers.Binary;
using System.IO.Compression;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>
/// Reads the attributes of a data set up to its pixels: Part 10 files and bare data sets, in every transfer syntax (DICOM PS3.5 §7, PS3.10 §7). Bulk
/// is read past. Memory is bounded by the limits, time by the length of the input. Never throws for any bytes.
/// </summary>
internal static class DicomReader
{
    private const int PreambleBytes = 128;

    private const uint FirstTagBehindMeta = 0x00030000;

    /// <summary>Reads a file: with preamble and meta information, or a bare data set as old devices write it, whose encoding is guessed.</summary>
    /// <exception cref="IOException">The stream broke.</exception>
    public static async ValueTask<DicomReadResult> ReadFileAsync(Stream stream, DicomReadLimits limits, CancellationToken cancellationToken)
    {
        using var input = new DicomInput(stream);
        return await ReadFileAsync(input, limits, cancellationToken);
    }

    /// <inheritdoc cref="ReadFileAsync(Stream, DicomReadLimits, CancellationToken)"/>
    public static async ValueTask<DicomReadResult> ReadFileAsync(DicomInput input, DicomReadLimits limits, CancellationToken cancellationToken)
    {
        if (!await input.FillAsync(PreambleBytes + 4, cancellationToken) || !input.Available[PreambleBytes..].StartsWith("DICM"u8))
        {
            return await input.FillAsync(8, cancellationToken) && Guess(input.Available) is { } guessed
                ? await ReadAsync(input, guessed, limits, null, cancellationToken)
                : new(null, null, new DicomReadError("", 0, "This is no DICOM file: it has no DICM behind 128 bytes and begins with no attribute."));
        }

        input.Advance(PreambleBytes + 4);
        var meta = new DicomDataSet(isBigEndian: false, null);
        var reading = new DicomElementReader(input, DicomTransferSyntax.ExplicitLittleEndian, limits, cancellationToken) { StopAt = FirstTagBehindMeta };
        if (!await reading.ReadAsync(meta))
        {
            return new(null, null, reading.Error);
        }

        var uid = meta.Text(DicomTag.TransferSyntaxUid);
        if (DicomTransferSyntax.Find(uid) is not { } syntax)
        {
            return new(null, meta, new DicomReadError(
                DicomTag.Show(DicomTag.TransferSyntaxUid), input.Offset,
                uid.Length == 0 ? "The file does not say its transfer syntax." : "The transfer syntax is a manufacturer's own. Export the file in one of the standard."));
        }

        return await ReadAsync(input, syntax, limits, meta, cancellationToken);
    }

    /// <summary>Reads a bare data set.</summary>
    /// <exception cref="IOException">The stream broke.</exception>
    public static async ValueTask<DicomReadResult> ReadAsync(Stream stream, DicomTransferSyntax syntax, DicomReadLimits limits, CancellationToken cancellationToken)
    {
        using var input = new DicomInput(stream);
        return await ReadAsync(input, syntax, limits, null, cancellationToken);
    }

    private static async ValueTask<DicomReadResult> ReadAsync(
        DicomInput input, DicomTransferSyntax syntax, DicomReadLimits limits, DicomDataSet? meta, CancellationToken cancellationToken)
    {
        if (!syntax.IsDeflated)
        {
            return await ReadPlainAsync(input, syntax, limits, meta, cancellationToken);
        }

        await using var inflating = new DeflateStream(input.AsStream(), CompressionMode.Decompress);
        using var inflated = new DicomInput(inflating);
        try
        {
            return await ReadPlainAsync(inflated, syntax, limits, meta, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return new(null, meta, new DicomReadError("", inflated.Offset, "The deflated data set is damaged."));
        }
    }

    private static async ValueTask<DicomReadResult> ReadPlainAsync(
        DicomInput input, DicomTransferSyntax syntax, DicomReadLimits limits, DicomDataSet? meta, CancellationToken cancellationToken)
    {
        var set = new DicomDataSet(syntax.IsBigEndian, null);
        var reading = new DicomElementReader(input, syntax, limits, cancellationToken) { StopAt = DicomTag.PixelData };
        return await reading.ReadAsync(set) ? new(set, meta, null) : new(null, meta, reading.Error);
    }

    /// <summary>A data set without meta information begins with a tag of group 0002 or 0008, and in explicit VR with two letters behind it.</summary>
    private static DicomTransferSyntax? Guess(ReadOnlySpan<byte> beginning)
    {
        var (little, big) = (BinaryPrimitives.ReadUInt16LittleEndian(beginning), BinaryPrimitives.ReadUInt16BigEndian(beginning));
        var isExplicit = char.IsAsciiLetterUpper((char)beginning[4]) && char.IsAsciiLetterUpper((char)beginning[5]);
        return little is 0x0002 or 0x0008 ? isExplicit ? DicomTransferSyntax.ExplicitLittleEndian : DicomTransferSyntax.ImplicitLittleEndian
            : big == 0x0008 && isExplicit ? DicomTransferSyntax.ExplicitBigEndian
            : null;
    }
}
