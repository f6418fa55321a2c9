using System.Net;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Studies;
using Integration.Adapters.Shared.Sockets;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Store;

/// <summary>A feed that imaging devices and archives send to by C-STORE.</summary>
internal sealed class DicomStoreAdapter : IInboundAdapter
{
    /// <summary>Connections beyond the associations: those that are told that there are too many.</summary>
    private const int SpareConnections = 20;

    private readonly DicomStoreOptions _options;
    private readonly TlsIdentity? _tls;
    private readonly StudyGatherer _gatherer;
    private readonly StorageScp _scp;
    private readonly FeedListener _listener;

    public DicomStoreAdapter(
        string feed, DicomStoreOptions options, StudyLedger ledger, IMessageIntake intake, EngineMetrics metrics, TimeProvider time, ILogger logger)
    {
        Feed = feed;
        _options = options;
        _tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, logger);
        _gatherer = new(
            feed, new(options.AssigningAuthority, options.StudyQuietTime, options.StudyLongestWait, options.Authorities, options.Charsets), ledger, intake, metrics, time, logger);
        _scp = new(
            feed, new AssociationPolicy(options.AETitle, options.CallingAETitles), new UpperLayerLimits(options.MaxPduBytes, options.ArtimTimeout, options.IdleTimeout),
            options.MaxAssociations, _gatherer, time, logger);
        _listener = new(
            feed, new("DICOM", options.Listen, options.MaxAssociations + SpareConnections), _tls,
            (stream, _, peer, stop, abort) => _scp.ServeAsync(stream, peer, stop, abort), logger);
    }

    public string Feed { get; }

    public string Description => $"DICOM storage on {_options.Listen}{(_options.AETitle is { } title ? $" as {title}" : "")}{(_tls is null ? "" : ", TLS")}";

    public int? Connections => _scp.Associations;

    public IReadOnlyList<FeedNotice> Notices => _gatherer.CharsetMismatches is var count and > 0
        ? [new(FeedNoticeLevel.Warning, $"{count} instances were not written in the character set that they declare; the log names the senders, Feeds:{Feed}:Charsets settles it.")]
        : [];

    public TransportStatus Transport => new() { Certificate = _tls?.Status };

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
        await _gatherer.DisposeAsync();
        _tls?.Dispose();
    }
}
