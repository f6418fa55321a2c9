using System.Buffers.Binary;
using System.Text;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Store;

/// <summary>
/// Storage Commitment Push Model, DICOM PS3.4 §J.3. Who commits to instances says that the sender may delete them. The engine keeps no pixels, so it commits to
/// none: every instance is reported as one that is not here, and the sender keeps what it has.
/// </summary>
internal static class StorageCommitment
{
    public const string SopClassUid = "1.2.840.10008.1.20.1";

    /// <summary>Action type of N-ACTION, §J.3.2.</summary>
    public const ushort RequestAction = 1;

    // The well-known instance, and the event type of a report with failures: §J.3.5, §J.3.3.
    private const string SopInstanceUid = "1.2.840.10008.1.20.1.1";
    private const ushort FailuresExist = 2;

    // No such object instance, PS3.3 §C.14.1.1.
    private const ushort NoSuchInstance = 0x0112;

    /// <summary>The report on a request; null when the request has no transaction UID.</summary>
    public static DimseReport? Decline(DicomDataSet request)
    {
        if (request.Text(DicomTag.TransactionUid) is not { Length: > 0 } transaction)
        {
            return null;
        }

        var report = new DicomDataSet(isBigEndian: false, null);
        report.Add(Uid(DicomTag.TransactionUid, transaction));
        report.Add(new DicomElement(DicomTag.FailedSopSequence, DicomVr.Sq, default)
        {
            Items = [.. (request.Find(DicomTag.ReferencedSopSequence)?.Items ?? []).Select(instance => Failed(report, instance))],
        });
        return new DimseReport(SopClassUid, SopInstanceUid, FailuresExist, report);
    }

    private static DicomDataSet Failed(DicomDataSet report, DicomDataSet instance)
    {
        var reason = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(reason, NoSuchInstance);
        var failed = new DicomDataSet(isBigEndian: false, report);
        failed.Add(Uid(DicomTag.ReferencedSopClassUid, instance.Text(DicomTag.ReferencedSopClassUid)));
        failed.Add(Uid(DicomTag.ReferencedSopInstanceUid, instance.Text(DicomTag.ReferencedSopInstanceUid)));
        failed.Add(new DicomElement(DicomTag.FailureReason, DicomVr.Us, reason));
        return failed;
    }

    private static DicomElement Uid(uint tag, string uid) => new(tag, DicomVr.Ui, Encoding.ASCII.GetBytes(uid));
}
