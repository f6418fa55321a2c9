using Integration.Adapters.Dicom.DataSets;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Network;

/// <summary>
/// Serves associations: C-ECHO, and C-STORE of every storage class in every standard transfer syntax. An instance is read up to its pixels, those are
/// read past, and success is answered when its metadata is durable. DICOM PS3.4 §A, §B; PS3.7 §9.1.
/// </summary>
/// <param name="maxAssociations">Further ones are refused for now.</param>
internal sealed class StorageScp(
    string feed, AssociationPolicy policy, UpperLayerLimits limits, int maxAssociations, IInstanceReceiver receiver, TimeProvider time, ILogger logger)
{
    private int _open;

    /// <summary>Associations open now.</summary>
    public int Associations => Volatile.Read(ref _open);

    /// <summary>Serves one connection to its end and closes it.</summary>
    public async Task ServeAsync(Stream stream, string peer, CancellationToken stop, CancellationToken abort)
    {
        await using var owned = stream;
        using var layer = new UpperLayer(stream, limits, time, stop, abort);
        try
        {
            var request = await layer.ReceiveRequestAsync();
            var isFull = Interlocked.Increment(ref _open) > maxAssociations;
            try
            {
                if ((policy.Refuse(request) ?? (isFull ? AssociationRejection.Full : null)) is { } rejection)
                {
                    DicomLog.Rejected(logger, feed, peer, DicomLog.Title(request.CallingAe), rejection.Text);
                    await layer.RejectAsync(rejection);
                    return;
                }

                var agreed = AssociationPolicy.Agree(request);
                await layer.SendAsync(PduWriter.Accept(request, agreed, limits.MaxPduBytes));
                await ServeAsync(layer, request.CallingAe, agreed.Where(context => context.Result == 0).ToDictionary(context => context.Id), abort);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        }
        catch (AssociationEndedException ended)
        {
            DicomLog.Ended(logger, ended.End is AssociationEnd.Released or AssociationEnd.Stopped ? LogLevel.Debug : LogLevel.Information, feed, peer, ended.Message);
        }
        catch (IOException)
        {
            DicomLog.Ended(logger, LogLevel.Information, feed, peer, "The connection broke.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Edge of the connection: a defect of ours ends this association only, and nothing was acknowledged.
            DicomLog.Faulted(logger, exception, feed, peer);
        }
    }

    private async Task ServeAsync(UpperLayer layer, string caller, Dictionary<byte, AgreedContext> contexts, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (contextId, bytes) = await layer.ReceiveCommandAsync();
            if (DimseCommand.Read(bytes) is not { } command || !contexts.TryGetValue(contextId, out var context))
            {
                throw await layer.ViolationAsync(6, "The caller sent a command that cannot be read, or for something that was not agreed on.");
            }

            var data = new PdvStream(layer, contextId);
            var status = DimseStatus.UnknownOperation;
            if (command.Field == DimseCommand.StoreRequest && command.HasDataSet)
            {
                status = await StoreAsync(command, context, data, caller, cancellationToken);
            }
            else if (command.Field == DimseCommand.EchoRequest)
            {
                status = DimseStatus.Success;
            }

            if (command.HasDataSet)
            {
                await data.DrainAsync();
            }

            if (command.Field != DimseCommand.CancelRequest && (command.Field & DimseCommand.Response) == 0)
            {
                await layer.SendAsync(PduWriter.Command(contextId, command.Respond(status.Code, status.Comment)));
            }
        }
    }

    private async Task<DimseStatus> StoreAsync(DimseCommand command, AgreedContext context, PdvStream data, string caller, CancellationToken cancellationToken)
    {
        var read = await DicomReader.ReadAsync(data, DicomTransferSyntax.Find(context.TransferSyntax)!.Value, DicomReadLimits.Usual, cancellationToken);
        if (read.DataSet is not { } instance)
        {
            await data.DrainAsync();
            DicomLog.Unreadable(logger, feed, DicomLog.Title(caller), read.Error!.ToString());
            return DimseStatus.Unreadable(read.Error.ToString());
        }

        // The pixels are read past before the answer, and before the store is asked: a sender that breaks off has sent nothing.
        await data.DrainAsync();
        foreach (var tag in (ReadOnlySpan<uint>)[DicomTag.SopClassUid, DicomTag.SopInstanceUid, DicomTag.StudyInstanceUid, DicomTag.SeriesInstanceUid])
        {
            if (instance.Text(tag).Length == 0)
            {
                return DimseStatus.Mismatch($"{DicomTag.Show(tag)} is missing");
            }
        }

        return instance.Text(DicomTag.SopInstanceUid) != command.AffectedSopInstanceUid
            ? DimseStatus.Mismatch($"{DicomTag.Show(DicomTag.SopInstanceUid)} is not the instance of the request")
            : await receiver.AcceptAsync(instance, caller, cancellationToken);
    }
}
