using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;

namespace Integration.Tests.Dicom;

/// <summary>Data sets: every transfer syntax, sequences, private tags, bulk read past, errors with place and byte.</summary>
public sealed class DicomReaderTests
{
    private const string Jpeg2000 = "1.2.840.10008.1.2.4.90";

    [Theory]
    [InlineData(DicomTransferSyntax.ImplicitLittleEndianUid)]
    [InlineData(DicomTransferSyntax.ExplicitLittleEndianUid)]
    [InlineData(DicomTransferSyntax.ExplicitBigEndianUid)]
    [InlineData(DicomTransferSyntax.DeflatedUid)]
    [InlineData(Jpeg2000)]
    public async Task ReadFile_EveryTransferSyntax_GivesTheSameMetadata(string uid)
    {
        var syntax = DicomTransferSyntax.Find(uid)!.Value;
        var file = DicomBytes.SliceWithoutPixels(7, isExplicit: syntax.IsExplicit, isBigEndian: syntax.IsBigEndian).Raw(DicomTag.PixelData, "OW", new byte[512]).ToFile(uid);

        var read = await ReadAsync(file);
        var expected = await ReadAsync(DicomBytes.SliceWithoutPixels(7).ToFile(DicomTransferSyntax.ExplicitLittleEndianUid));

        Assert.Null(read.Error);
        Assert.Equal(Json(expected), Json(read));
        Assert.Equal(("P1", "512", "Chest"), (read.DataSet!.Text(DicomTag.PatientId), read.DataSet.Text(0x00280010), read.DataSet.Find(0x00081032)!.Items![0].Text(0x00080104)));
        Assert.Null(read.DataSet.Find(DicomTag.PixelData));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task ReadFile_BareDataSet_IsRecognized(bool isExplicit, bool isBigEndian)
    {
        var read = await ReadAsync(DicomBytes.SliceWithoutPixels(1, isExplicit: isExplicit, isBigEndian: isBigEndian).ToArray());

        Assert.Equal("P1", read.DataSet!.Text(DicomTag.PatientId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_SequencesWithAndWithoutLengths_AreTheSame(bool isUndefined)
    {
        var bytes = new DicomBytes().Sequence(
            0x00081115, isUndefined, series => series.Text(DicomTag.SeriesInstanceUid, "UI", "1.2").Sequence(0x00081199, isUndefined, item => item.Text(0x00081155, "UI", "1.2.3")), _ => { });

        var set = (await ReadAsync(bytes.ToFile(DicomTransferSyntax.ExplicitLittleEndianUid))).DataSet!;

        var items = set.Find(0x00081115)!.Items!;
        Assert.Equal(2, items.Count);
        Assert.Equal("1.2.3", items[0].Find(0x00081199)!.Items![0].Text(0x00081155));
        Assert.Empty(items[1].Elements);
    }

    [Fact]
    public async Task Read_UnknownOfUndefinedLength_IsASequenceInImplicitVr()
    {
        var inner = new DicomBytes(isExplicit: false).Text(0x00100020, "LO", "X1").ToArray();
        var bytes = new DicomBytes().Text(0x00090010, "LO", "OWNER").Head(0x00091001, "UN", 0xFFFFFFFF).ToArray();
        byte[] all = [.. bytes, 0xFE, 0xFF, 0x00, 0xE0, .. BitConverter.GetBytes(inner.Length), .. inner, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

        var read = await DicomReader.ReadAsync(new MemoryStream(all), DicomTransferSyntax.ExplicitLittleEndian, DicomReadLimits.Usual, CancellationToken.None);

        Assert.Equal("X1", read.DataSet!.Find(0x00091001)!.Items![0].Text(0x00100020));
        Assert.Equal("OWNER", read.DataSet.Text(0x00090010));
    }

    [Fact]
    public async Task Read_BulkOfAGigabyte_IsReadPastInConstantMemory()
    {
        const long Length = 1L << 30;
        var head = new DicomBytes().Head(0x00420011, "OB", (uint)Length).ToArray();
        await using var stream = new EndlessStream(head, Length, new DicomBytes().Text(0x00420012, "LO", "application/pdf").ToArray());

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = await DicomReader.ReadAsync(stream, DicomTransferSyntax.ExplicitLittleEndian, DicomReadLimits.Usual, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(read.DataSet!.Find(0x00420011)!.IsSkipped);
        Assert.Equal("application/pdf", read.DataSet.Text(0x00420012));
        Assert.InRange(allocated, 0, 16 * 1024 * 1024);   // a task a read is what the test's own stream may cost
    }

    [Fact]
    public async Task Read_EncapsulatedIcon_IsReadPast()
    {
        byte[] fragments = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0x00, 0xE0, 4, 0, 0, 0, 1, 2, 3, 4, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];
        byte[] all = [.. new DicomBytes().Head(0x00091002, "OB", 0xFFFFFFFF).ToArray(), .. fragments, .. new DicomBytes().Text(DicomTag.PatientId, "LO", "P").ToArray()];

        var read = await DicomReader.ReadAsync(new MemoryStream(all), DicomTransferSyntax.ExplicitLittleEndian, DicomReadLimits.Usual, CancellationToken.None);

        Assert.Equal("P", read.DataSet!.Text(DicomTag.PatientId));
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "no DICOM", Encoding.ASCII.GetBytes("%PDF-1.4 and more of it"), "This is no DICOM file: it has no DICM behind 128 bytes and begins with no attribute. (byte 0)" },
        { "cut header", [.. new DicomBytes().Text(0x00080060, "CS", "CT").ToArray(), 0x10, 0], "The data end in the middle of an attribute. (byte 10)" },
        { "cut value", new DicomBytes().Text(0x00080060, "CS", "CT").Text(0x00100010, "PN", "A^B ").ToArray()[..^2], "(0010,0010): The attribute says that it has 4 bytes; the data end before. (byte 18)" },
        { "item too long", new DicomBytes().Text(0x00080060, "CS", "CT").Head(0x00081115, "SQ", 8).Raw(0xFFFEE000, "UN", []).ToArray(), "(0008,1115): An item goes beyond its sequence. (byte 22)" },
        { "no item", new DicomBytes().Text(0x00080060, "CS", "CT").Head(0x00081115, "SQ", 0xFFFFFFFF).Text(0x00080060, "CS", "CT").ToArray(), "(0008,1115): In a sequence stands something other than an item. (byte 22)" },
        { "no vr", [.. new DicomBytes().Text(0x00080060, "CS", "CT").ToArray(), 0x10, 0, 0x20, 0, 1, 2, 3, 4], "(0010,0020): The attribute has no value representation, which its transfer syntax demands. (byte 10)" },
    };

    [Theory]
    [MemberData(nameof(Damaged), DisableDiscoveryEnumeration = true)]
    public async Task Read_Damaged_SaysWhereAndWhat(string name, byte[] bytes, string error)
    {
        var read = await ReadAsync(bytes);

        Assert.True(read.DataSet is null, name);
        Assert.Equal(error, read.Error!.ToString());
    }

    [Fact]
    public async Task Read_SequencesWithoutEnd_AreGivenUp()
    {
        var bytes = new MemoryStream();
        for (var depth = 0; depth < 10_000; depth++)
        {
            bytes.Write(new DicomBytes().Head(0x0040A730, "SQ", 0xFFFFFFFF).ToArray());
            bytes.Write([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
        }

        var read = await DicomReader.ReadAsync(new MemoryStream(bytes.ToArray()), DicomTransferSyntax.ExplicitLittleEndian, DicomReadLimits.Usual, CancellationToken.None);

        Assert.Contains("more than 32 deep", read.Error!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AttributesWithoutEnd_AreGivenUp()
    {
        var one = new DicomBytes().Text(0x00091001, "LO", "").ToArray();
        await using var stream = new EndlessStream([], 0, one) { Repeats = true };

        var read = await DicomReader.ReadAsync(stream, DicomTransferSyntax.ExplicitLittleEndian, new DicomReadLimits { MaxKeptBytes = 100_000 }, CancellationToken.None);

        Assert.Contains("no metadata", read.Error!.Text, StringComparison.Ordinal);
    }

    internal static async Task<DicomReadResult> ReadAsync(byte[] file) => await DicomReader.ReadFileAsync(new MemoryStream(file), DicomReadLimits.Usual, CancellationToken.None);

    private static string Json(DicomReadResult read) => Encoding.UTF8.GetString(DicomJsonWriter.Write(read.DataSet!));

    /// <summary>A head, so many zeros, and a tail, which may come again and again.</summary>
    private sealed class EndlessStream(byte[] head, long zeros, byte[] tail) : Stream
    {
        private long _at;

        public bool Repeats { get; init; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count;
            if (_at < head.Length)
            {
                count = Copy(head.AsSpan((int)_at), buffer.Span);
            }
            else if (_at < head.Length + zeros)
            {
                count = (int)Math.Min(buffer.Length, head.Length + zeros - _at);
                buffer.Span[..count].Clear();
            }
            else
            {
                var behind = _at - head.Length - zeros;
                count = behind >= tail.Length && !Repeats ? 0 : Copy(tail.AsSpan((int)(behind % tail.Length)), buffer.Span);
            }

            _at += count;
            return new(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
        {
            var count = Math.Min(from.Length, to.Length);
            from[..count].CopyTo(to);
            return count;
        }
    }
}
