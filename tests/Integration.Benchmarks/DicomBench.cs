using System.Diagnostics;
using System.Globalization;
using System.Text;
using Integration.Adapters.Dicom.DataSets;

namespace Integration.Benchmarks;

/// <summary>Reads CT-like files up to their pixels, on one core: by the bytes of the files, which a scan passes over, and by those of the metadata, which it reads.</summary>
internal static class DicomBench
{
    private const int PixelBytes = 512 * 512 * 2;
    private const int PrivateElements = 60;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    public static void Run()
    {
        var file = MakeFile("1.2.840.113619.2.55.3.604688119.971.1.100");
        var files = 0;
        var began = Stopwatch.GetTimestamp();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        while (Stopwatch.GetElapsedTime(began) < Length)
        {
            for (var i = 0; i < 100; i++)
            {
                using var input = new DicomInput(file);
                var read = DicomReader.ReadFileAsync(input, DicomReadLimits.Usual, CancellationToken.None);
                if (!read.IsCompletedSuccessfully || read.Result.DataSet is null)
                {
                    throw new InvalidOperationException("The file cannot be read.");
                }

                files++;
            }
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var metadata = file.Length - PixelBytes;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"dicom: {files / seconds:N0} files/s of {file.Length:N0} bytes = {files / seconds * file.Length / 1e9:N1} GB/s of files, {files / seconds * metadata / 1e9:N2} GB/s of metadata ({metadata:N0} bytes, {allocated / files:N0} bytes allocated a file)"));
    }

    /// <param name="instance">SOP Instance UID.</param>
    internal static byte[] MakeFile(string instance)
    {
        using var bytes = new MemoryStream();
        bytes.Write(new byte[128]);
        bytes.Write("DICM"u8);
        var uid = Encoding.ASCII.GetBytes(instance.Length % 2 == 0 ? instance : instance + "\0");
        Add(bytes, 0x00020002, "UI", "1.2.840.10008.5.1.4.1.1.2\0"u8);
        Add(bytes, 0x00020003, "UI", uid);
        Add(bytes, DicomTag.TransferSyntaxUid, "UI", Encoding.ASCII.GetBytes(DicomTransferSyntax.ExplicitLittleEndianUid + "\0"));
        Add(bytes, DicomTag.SpecificCharacterSet, "CS", "GB18030 "u8);
        Add(bytes, DicomTag.SopClassUid, "UI", "1.2.840.10008.5.1.4.1.1.2\0"u8);
        Add(bytes, DicomTag.SopInstanceUid, "UI", uid);
        Add(bytes, DicomTag.Modality, "CS", "CT"u8);
        for (uint element = 0; element < PrivateElements; element++)
        {
            Add(bytes, 0x00091001 + element, "LO", "A VALUE OF A MANUFACTURER "u8);
        }

        Add(bytes, 0x00100010, "PN", "Wang^XiaoDong "u8);
        Add(bytes, DicomTag.PatientId, "LO", "P1"u8);
        for (uint element = 0; element < PrivateElements; element++)
        {
            Add(bytes, 0x00191001 + element, "DS", @"1.5\2.5\-3.25 "u8);
        }

        Add(bytes, DicomTag.StudyInstanceUid, "UI", "1.2.840.113619.2.55.3.604688119.971.1"u8);
        Add(bytes, DicomTag.SeriesInstanceUid, "UI", "1.2.840.113619.2.55.3.604688119.971.1.1"u8);
        bytes.Write([0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'W', 0, 0, .. BitConverter.GetBytes(PixelBytes)]);
        bytes.Write(new byte[PixelBytes]);
        return bytes.ToArray();
    }

    private static void Add(MemoryStream to, uint tag, string vr, ReadOnlySpan<byte> value)
    {
        to.Write([(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8), (byte)vr[0], (byte)vr[1], (byte)value.Length, (byte)(value.Length >> 8)]);
        to.Write(value);
    }
}
