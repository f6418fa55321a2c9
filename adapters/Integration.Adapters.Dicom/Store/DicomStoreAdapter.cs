using System.Net;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Studies;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Store;

/// <summary>A feed that imaging devices and archives send to by C-STORE.</summary>
internal sealed class DicomStoreAdapter : IInboundAdapter
{
    private const string DefaultTitle = "INTEGRATION";

    private readonly SenderCharsets _charsets;
    private readonly StudyGatherer _gatherer;
    private readonly CommitmentReporter _commitment;
    private readonly DicomListener _listener;

    public DicomStoreAdapter(
        string feed, DicomStoreOptions options, StudyLedger ledger, IMessageIntake intake, EngineMetrics metrics, TimeProvider time, ILogger logger)
    {
        Feed = feed;
        _charsets = new(feed, options.Charsets, metrics, logger);
        _gatherer = new(
            feed, new(options.AssigningAuthority, options.StudyQuietTime, options.StudyLongestWait, options.Authorities), _charsets, ledger, intake, time, logger);
        _commitment = new(feed, options.AETitle ?? DefaultTitle, options.CommitmentPeers, options.Limits, time, logger);
        _listener = new(feed, options, new StorageService(_gatherer, _commitment), time, logger);
    }

    public string Feed { get; }

    public string Description => $"DICOM storage on {_listener.Description}";

    public int? Connections => _listener.Associations;

    public IReadOnlyList<FeedNotice> Notices => _charsets.Notices;

    public TransportStatus Transport => new() { Certificate = _listener.Certificate };

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _listener.LocalEndpoint;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        _gatherer.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _listener.StopAsync(cancellationToken);
        await _gatherer.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _commitment.DisposeAsync();
        await _gatherer.DisposeAsync();
    }
}
