using System.Buffers;
using System.Buffers.Binary;

namespace Integration.Adapters.Dicom.DataSets;

/// <summary>Writes data sets as they go over the network: little endian, sequences and items with their lengths. DICOM PS3.5 §7.</summary>
internal static class DicomWriter
{
    private const uint NoVr = 0;

    /// <param name="set">Little endian; elements in any order.</param>
    public static byte[] Write(DicomDataSet set, bool isExplicit)
    {
        var to = new ArrayBufferWriter<byte>(1024);
        Write(to, set, isExplicit);
        return to.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> to, DicomDataSet set, bool isExplicit)
    {
        foreach (var element in set.Elements.OrderBy(element => element.Tag))
        {
            var value = element.Items is { } items ? Items(items, isExplicit) : element.Value;
            var padded = value.Length + (value.Length & 1);
            Head(to, element.Tag, isExplicit ? element.Vr.Code : NoVr, element.Vr.HasLongLength, padded);
            to.Write(value.Span);
            if (padded > value.Length)
            {
                to.Write([element.Vr.IsText && element.Vr != DicomVr.Ui ? (byte)' ' : (byte)0]);   // PS3.5 §6.2
            }
        }
    }

    private static ReadOnlyMemory<byte> Items(IReadOnlyList<DicomDataSet> items, bool isExplicit)
    {
        var to = new ArrayBufferWriter<byte>(256);
        foreach (var item in items)
        {
            var inner = Write(item, isExplicit);
            Head(to, DicomTag.Item, NoVr, hasLongLength: true, inner.Length);
            to.Write(inner);
        }

        return to.WrittenMemory;
    }

    /// <param name="vr">Two letters; 0 for none, as in implicit VR and of items.</param>
    private static void Head(ArrayBufferWriter<byte> to, uint tag, uint vr, bool hasLongLength, int length)
    {
        var head = to.GetSpan(12);
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)tag);
        if (vr == NoVr)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], length);
            to.Advance(8);
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(head[4..], (ushort)vr);
        if (!hasLongLength)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(head[6..], checked((ushort)length));
            to.Advance(8);
            return;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], length);
        to.Advance(12);
    }
}
