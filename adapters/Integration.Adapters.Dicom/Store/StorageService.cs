using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;

namespace Integration.Adapters.Dicom.Store;

/// <summary>
/// C-STORE of every storage class, answered when the metadata is durable (DICOM PS3.4 §B), and requests for storage commitment, which are all declined (§J).
/// </summary>
internal sealed class StorageService(IInstanceReceiver receiver, CommitmentReporter commitment) : IDimseService
{
    // Every storage class stands below this, those of years to come too (PS3.4 §B.5).
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";

    public bool Serves(string sopClassUid, ushort field) =>
        sopClassUid == StorageCommitment.SopClassUid ? field is 0 or DimseCommand.ActionRequest
        : field is 0 or DimseCommand.StoreRequest && sopClassUid.StartsWith(Storage, StringComparison.Ordinal);

    public async ValueTask<DimseAnswer> AnswerAsync(DimseRequest request, CancellationToken cancellationToken)
    {
        if (request.Command.Field == DimseCommand.ActionRequest)
        {
            return Decline(request);
        }

        if (request.DataSet is not { } instance)
        {
            return DimseStatus.UnknownOperation;
        }

        return InstanceCheck.Of(instance, sopInstanceUid: request.Command.SopInstanceUid) is { } refused
            ? refused
            : await receiver.AcceptAsync(instance, request.Caller, cancellationToken);
    }

    public void NotTaken(DimseReport report, string caller) => commitment.NotTaken(caller);

    private DimseAnswer Decline(DimseRequest request)
    {
        if (request.Command.ActionTypeId != StorageCommitment.RequestAction)
        {
            return DimseStatus.NoSuchAction;
        }

        if (request.DataSet is not { } asked || StorageCommitment.Decline(asked) is not { } report)
        {
            return DimseStatus.Missing(DicomTag.TransactionUid);
        }

        return new DimseAnswer(DimseStatus.Success, Report: commitment.TrySend(report, request.Caller) ? null : report);
    }
}
