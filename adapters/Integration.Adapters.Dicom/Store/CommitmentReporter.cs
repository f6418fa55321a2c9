using System.Collections.Concurrent;
using System.Net;
using Integration.Adapters.Dicom.Network;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Store;

/// <summary>
/// Sends reports on storage commitment over associations of its own to the senders whose address is known; the others get theirs over the association that
/// they asked on (DICOM PS3.4 §J.3.3 leaves both open). A report that does not arrive is not repeated: without one, a sender keeps its pictures too. Safe for many threads.
/// </summary>
/// <param name="title">Our AE title.</param>
/// <param name="peers">Address by AE title.</param>
internal sealed class CommitmentReporter(
    string feed, string title, IReadOnlyDictionary<string, DnsEndPoint> peers, UpperLayerLimits limits, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _sending = [];

    /// <summary>Sends it on the way, if it is known where to.</summary>
    /// <returns>False: the address of the caller is not known.</returns>
    public bool TrySend(DimseReport report, string caller)
    {
        if (!peers.TryGetValue(caller, out var address))
        {
            return false;
        }

        var sending = SendAsync(report, caller, address);
        _sending[sending] = true;
        _ = sending.ContinueWith(done => _sending.TryRemove(done, out _), TaskScheduler.Default);
        return true;
    }

    /// <summary>The caller left before it took a report over its own association.</summary>
    public void NotTaken(string caller) =>
        DicomLog.CommitmentNotTaken(logger, feed, DicomLog.Title(caller), $"It ended the association before the report. Set Feeds:{feed}:CommitmentPeers:TITLE to its address.");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_sending.Keys);
        _stop.Dispose();
    }

    private async Task SendAsync(DimseReport report, string caller, DnsEndPoint address)
    {
        try
        {
            var peer = new DicomPeer(address, caller, title, limits, Tls: null) { Name = "The sender" };
            await using var association = await RequestedAssociation.OpenAsync(peer, [report.SopClassUid], time, _stop.Token, isProvider: true);
            await association.ReportAsync(report, _stop.Token);
        }
        catch (DicomPeerException exception)
        {
            DicomLog.CommitmentNotTaken(logger, feed, DicomLog.Title(caller), exception.Message);
        }
        catch (OperationCanceledException)
        {
            // The feed stops; the sender keeps its pictures.
        }
    }
}
