using System.Collections.Concurrent;
using Integration.Adapters.Dicom.DataSets;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Network;

/// <summary>
/// Serves associations: C-ECHO, and what the feed's service does. A data set is read up to its pixels, those are read past, and the answer goes out when the
/// service has done its part. DICOM PS3.4 §A; PS3.7 §9.1, §10.1.
/// </summary>
/// <param name="maxAssociations">Further ones are refused for now.</param>
/// <param name="maxPerSecond">Requests that each AE title may make a second, further ones wait; 0: any.</param>
internal sealed class AssociationServer(
    string feed, AssociationPolicy policy, UpperLayerLimits limits, int maxAssociations, int maxPerSecond, IDimseService service, TimeProvider time, ILogger logger)
{
    /// <summary>Titles that have a pace of their own; further ones share the last.</summary>
    private const int MostPaces = 1000;

    private readonly ConcurrentDictionary<string, Pace> _paces = new(StringComparer.Ordinal);
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

                var agreed = policy.Agree(request);
                await layer.SendAsync(PduWriter.Accept(request, agreed, limits.MaxPduBytes));
                await ServeAsync(layer, request, agreed.Where(context => context.Result == 0).ToDictionary(context => context.Id), abort);
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

    private async Task ServeAsync(
        UpperLayer layer, AssociationRequest request, Dictionary<byte, AgreedContext> contexts, CancellationToken cancellationToken)
    {
        var caller = request.CallingAe;
        var pace = _paces.GetOrAdd(_paces.Count < MostPaces ? caller : "", _ => new Pace(maxPerSecond));
        var reports = new Dictionary<ushort, DimseReport>();   // by message id, until they are taken
        try
        {
            while (true)
            {
                var (contextId, bytes) = await layer.ReceiveCommandAsync();
                if (DimseCommand.Read(bytes) is not { } command || !contexts.TryGetValue(contextId, out var context))
                {
                    throw await layer.ViolationAsync(6, "The caller sent a command that cannot be read, or for something that was not agreed on.");
                }

                await pace.WaitAsync(time, cancellationToken);
                var answer = await DoAsync(command, context, new PdvStream(layer, contextId), caller, cancellationToken);
                if ((command.Field & DimseCommand.Response) != 0)
                {
                    reports.Remove(command.RespondedToId);
                }
                else if (command.Field != DimseCommand.CancelRequest)
                {
                    await layer.SendAsync(PduWriter.Command(contextId, command.Respond(answer.Status, answer.SopInstanceUid ?? command.SopInstanceUid)));
                    if (answer.Report is { } report)
                    {
                        var id = (ushort)(reports.Count + 1);
                        reports[id] = report;
                        await ReportAsync(layer, context, id, report, request.MaxPduBytes);
                    }
                }
            }
        }
        finally
        {
            foreach (var report in reports.Values)
            {
                service.NotTaken(report, caller);
            }
        }
    }

    private async Task<DimseAnswer> DoAsync(DimseCommand command, AgreedContext context, PdvStream data, string caller, CancellationToken cancellationToken)
    {
        var isServed = service.Serves(context.AbstractSyntax, command.Field);
        if (!command.HasDataSet)
        {
            return command.Field == DimseCommand.EchoRequest ? DimseStatus.Success
                : isServed ? await service.AnswerAsync(new(command, caller, null), cancellationToken)
                : DimseStatus.UnknownOperation;
        }

        if (!isServed)
        {
            await data.DrainAsync();
            return DimseStatus.UnknownOperation;
        }

        var read = await DicomReader.ReadAsync(data, DicomTransferSyntax.Find(context.TransferSyntax)!.Value, DicomReadLimits.Usual, cancellationToken);

        // The pixels are read past before the answer, and before the store is asked: a sender that breaks off has sent nothing.
        await data.DrainAsync();
        if (read.DataSet is { } set)
        {
            return await service.AnswerAsync(new(command, caller, set), cancellationToken);
        }

        DicomLog.Unreadable(logger, feed, DicomLog.Title(caller), read.Error!.ToString());
        return DimseStatus.Unreadable(command.Field, read.Error.ToString());
    }

    /// <param name="maxPduBytes">Longest that the caller takes; 0: any.</param>
    private static async Task ReportAsync(UpperLayer layer, AgreedContext context, ushort messageId, DimseReport report, int maxPduBytes)
    {
        var isExplicit = DicomTransferSyntax.Find(context.TransferSyntax)!.Value.IsExplicit;
        await layer.SendAsync(PduWriter.Command(context.Id, DimseCommand.EventReport(messageId, report.SopClassUid, report.SopInstanceUid, report.EventType)));
        foreach (var pdu in PduWriter.DataSet(context.Id, DicomWriter.Write(report.DataSet, isExplicit), maxPduBytes))
        {
            await layer.SendAsync(pdu);
        }
    }
}
