using System.Net;
using Integration.Adapters.Dicom.Listening;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Mpps;

/// <summary>A feed that imaging devices tell of the examinations that they do.</summary>
internal sealed class DicomMppsAdapter : IInboundAdapter
{
    private readonly SenderCharsets _charsets;
    private readonly DicomListener _listener;

    public DicomMppsAdapter(
        string feed, DicomMppsOptions options, PerformedStepLedger ledger, IMessageIntake intake, EngineMetrics metrics, TimeProvider time, ILogger logger)
    {
        Feed = feed;
        _charsets = new(feed, options.Charsets, metrics, logger);
        _listener = new(feed, options, new PerformedStepService(feed, options.AssigningAuthority, options.Authorities, _charsets, ledger, intake, logger), time, logger);
    }

    public string Feed { get; }

    public string Description => $"DICOM performed procedure steps on {_listener.Description}";

    public int? Connections => _listener.Associations;

    public IReadOnlyList<FeedNotice> Notices => _charsets.Notices;

    public TransportStatus Transport => new() { Certificate = _listener.Certificate };

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _listener.LocalEndpoint;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _listener.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
