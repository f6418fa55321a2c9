using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Integration.Adapters.Dicom.DataSets;

namespace Integration.Tests.Dicom;

/// <summary>Writes data sets as a device would, in any transfer syntax; an own piece of code, so that reader and writer cannot be wrong together by one mistake.</summary>
internal sealed class DicomBytes(bool isExplicit = true, bool isBigEndian = false)
{
    public const string CtImageStorage = "1.2.840.10008.5.1.4.1.1.2";

    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public DicomBytes Text(uint tag, string vr, string text, Encoding? encoding = null)
    {
        var bytes = (encoding ?? Encoding.ASCII).GetBytes(text);
        return Raw(tag, vr, bytes.Length % 2 == 0 ? bytes : [.. bytes, (byte)(vr == "UI" ? 0 : ' ')]);
    }

    public DicomBytes Raw(uint tag, string vr, ReadOnlySpan<byte> value)
    {
        Head(tag, vr, (uint)value.Length);
        _bytes.Write(value);
        return this;
    }

    public DicomBytes UInt16(uint tag, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        Put16(bytes, value);
        return Raw(tag, "US", bytes);
    }

    /// <param name="isUndefined">Sequence and items without lengths, ended by delimiters.</param>
    public DicomBytes Sequence(uint tag, bool isUndefined, params Action<DicomBytes>[] items)
    {
        var body = new DicomBytes(isExplicit, isBigEndian);
        foreach (var item in items)
        {
            var inner = new DicomBytes(isExplicit, isBigEndian);
            item(inner);
            var content = inner.ToArray();
            body.Tag(DicomTag.Item, isUndefined ? 0xFFFFFFFF : (uint)content.Length);
            body._bytes.Write(content);
            if (isUndefined)
            {
                body.Tag(DicomTag.ItemDelimitation, 0);
            }
        }

        if (isUndefined)
        {
            body.Tag(DicomTag.SequenceDelimitation, 0);
        }

        var all = body.ToArray();
        Head(tag, "SQ", isUndefined ? 0xFFFFFFFF : (uint)all.Length);
        _bytes.Write(all);
        return this;
    }

    public DicomBytes Head(uint tag, string vr, uint length)
    {
        if (!isExplicit)
        {
            Tag(tag, length);
            return this;
        }

        Span<byte> head = stackalloc byte[12];
        PutTag(head, tag);
        Encoding.ASCII.GetBytes(vr, head[4..]);
        if (vr is "OB" or "OW" or "SQ" or "UN" or "UT" or "OF" or "UC")
        {
            head[6..8].Clear();
            Put32(head[8..], length);
            _bytes.Write(head);
        }
        else
        {
            Put16(head[6..], (ushort)length);
            _bytes.Write(head[..8]);
        }

        return this;
    }

    /// <summary>A Part 10 file around the data set.</summary>
    public byte[] ToFile(string transferSyntax)
    {
        var meta = new DicomBytes().Text(DicomTag.TransferSyntaxUid, "UI", transferSyntax).ToArray();
        var content = ToArray();
        if (transferSyntax == DicomTransferSyntax.DeflatedUid)
        {
            using var deflated = new MemoryStream();
            using (var deflate = new DeflateStream(deflated, CompressionLevel.Fastest))
            {
                deflate.Write(content);
            }

            content = deflated.ToArray();
        }

        return [.. new byte[128], .. "DICM"u8, .. meta, .. content];
    }

    /// <summary>One slice of a CT.</summary>
    public static byte[] Slice(int number, string patient = "P1", string name = "Wang^Xiaoming", string study = "1.2.3.4", string series = "1.2.3.4.1", int pixelBytes = 64, string charset = "ISO_IR 192", Encoding? encoding = null, string issuer = "") =>
        SliceWithoutPixels(number, patient, name, study, series, charset, encoding, issuer).Raw(DicomTag.PixelData, "OW", new byte[pixelBytes]).ToArray();

    public static DicomBytes SliceWithoutPixels(
        int number, string patient = "P1", string name = "Wang^Xiaoming", string study = "1.2.3.4", string series = "1.2.3.4.1", string charset = "ISO_IR 192", Encoding? encoding = null,
        string issuer = "", bool isExplicit = true, bool isBigEndian = false)
    {
        var bytes = new DicomBytes(isExplicit, isBigEndian);
        bytes.Text(DicomTag.SpecificCharacterSet, "CS", charset)
            .Text(DicomTag.SopClassUid, "UI", CtImageStorage).Text(DicomTag.SopInstanceUid, "UI", $"{series}.{number}")
            .Text(0x00080020, "DA", "20260301").Text(0x00080021, "DA", "20260301").Text(0x00080030, "TM", "081500.123456").Text(0x00080050, "SH", "ACC1")
            .Text(DicomTag.Modality, "CS", "CT").Text(0x00080070, "LO", "Maker").Text(0x00081030, "LO", "胸部平扫", encoding ?? Encoding.UTF8).Text(0x0008103E, "LO", "Axial 1.0")
            .Sequence(0x00081032, isUndefined: true, item => item.Text(0x00080100, "SH", "CT01").Text(0x00080102, "SH", "99HIS").Text(0x00080104, "LO", "Chest"))
            .Text(0x00100010, "PN", name, encoding ?? Encoding.UTF8).Text(DicomTag.PatientId, "LO", patient);
        if (issuer.Length > 0)
        {
            bytes.Text(DicomTag.IssuerOfPatientId, "LO", issuer);
        }

        return bytes.Text(0x00100030, "DA", "19800102").Text(0x00100040, "CS", "M").Text(0x00180015, "CS", "CHEST")
            .Text(DicomTag.StudyInstanceUid, "UI", study).Text(DicomTag.SeriesInstanceUid, "UI", series).Text(0x00200011, "IS", "2").Text(0x00200013, "IS", $"{number}")
            .UInt16(0x00280010, 512).UInt16(0x00280011, 512);
    }

    private void Tag(uint tag, uint length)
    {
        Span<byte> head = stackalloc byte[8];
        PutTag(head, tag);
        Put32(head[4..], length);
        _bytes.Write(head);
    }

    private void PutTag(Span<byte> to, uint tag)
    {
        Put16(to, (ushort)(tag >> 16));
        Put16(to[2..], (ushort)tag);
    }

    private void Put16(Span<byte> to, ushort value)
    {
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to, value);
        }
    }

    private void Put32(Span<byte> to, uint value)
    {
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(to, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to, value);
        }
    }
}
