using System.Runtime.CompilerServices;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Worklist;

/// <summary>A feed that asks for the examinations that are scheduled, round after round.</summary>
internal sealed class DicomWorklistAdapter : IInboundAdapter
{
    private readonly DicomWorklistOptions _options;
    private readonly DicomPeer _peer;
    private readonly TlsIdentity? _tls;
    private readonly TimeProvider _time;
    private readonly PollLoop _loop;

    public DicomWorklistAdapter(
        string feed, DicomWorklistOptions options, SourceRowStore rows, IBulkIntake intake, TimeProvider time, ILogger logger, FeedWakeUps? wakeUps = null)
    {
        (Feed, _options, _time) = (feed, options, time);
        _tls = options.Server.Tls is { } settings ? new TlsIdentity($"Feed {feed}", settings, time, logger) : null;
        _peer = options.Server.Peer(_tls) with { Name = "The worklist" };
        var times = new PollTimes(options.Poll, options.IsScheduled, wakeUps);
        _loop = new(feed, "the worklist", times, new WorklistPoller(feed, options, FindAsync, rows, intake, time).PollAsync, time, logger);
        Description = $"DICOM worklist {options.Server}, {times}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => null;

    public IReadOnlyList<FeedNotice> Notices => _loop.Notice is { } notice ? [notice] : [];

    public TransportStatus Transport => new() { Link = _loop.Link, Certificate = _tls?.Status };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loop.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _tls?.Dispose();
    }

    private async IAsyncEnumerable<DicomDataSet> FindAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        await using var association = await RequestedAssociation.OpenAsync(_peer, [WorklistPoller.SopClassUid], _time, stop);
        var query = WorklistPoller.Query(today.AddDays(-_options.DaysBack), today.AddDays(_options.DaysAhead));
        await foreach (var entry in association.FindAsync(WorklistPoller.SopClassUid, query, stop))
        {
            yield return entry;
        }
    }
}
