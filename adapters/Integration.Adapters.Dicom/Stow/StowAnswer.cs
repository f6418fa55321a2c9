using System.Buffers.Binary;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Stow;

/// <summary>What became of the instances of one request, PS3.18 §I.2 (store instances response module).</summary>
internal sealed class StowAnswer
{
    private readonly List<DicomDataSet> _stored = [];
    private readonly List<DicomDataSet> _failed = [];

    /// <summary>200: all are kept; 202: some; 409: none; 400: there were none (PS3.18 §10.5.3.1).</summary>
    public int Code => (_stored.Count, _failed.Count) switch
    {
        (0, 0) => 400,
        (_, 0) => 200,
        (0, _) => IsStoreAway ? 503 : 409,
        _ => 202,
    };

    /// <summary>One was refused since the store cannot take it now.</summary>
    public bool IsStoreAway { get; private set; }

    /// <param name="instance">Null: it could not be read.</param>
    public void Add(DicomDataSet? instance, DimseStatus status)
    {
        var item = new DicomDataSet(isBigEndian: false, null);
        item.Add(Uid(DicomTag.ReferencedSopClassUid, instance?.Text(DicomTag.SopClassUid)));
        item.Add(Uid(DicomTag.ReferencedSopInstanceUid, instance?.Text(DicomTag.SopInstanceUid)));
        if (status.Code == 0)
        {
            _stored.Add(item);
            return;
        }

        IsStoreAway |= status == DimseStatus.StoreAway;
        var reason = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(reason, status.Code);
        item.Add(new DicomElement(DicomTag.FailureReason, DicomVr.Us, reason));
        _failed.Add(item);
    }

    /// <summary>DICOM JSON.</summary>
    public byte[] Write()
    {
        var set = new DicomDataSet(isBigEndian: false, null);
        foreach (var (tag, items) in new[] { (DicomTag.ReferencedSopSequence, _stored), (DicomTag.FailedSopSequence, _failed) })
        {
            if (items.Count > 0)
            {
                set.Add(new DicomElement(tag, DicomVr.Sq, default) { Items = items });
            }
        }

        return DicomJsonWriter.Write(set);
    }

    private static DicomElement Uid(uint tag, string? uid) => new(tag, DicomVr.Ui, Encoding.ASCII.GetBytes(uid ?? ""));
}
