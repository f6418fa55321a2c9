using System.Net;
using Integration.Adapters.Dicom.Listening;
using Integration.Adapters.Dicom.Studies;
using Integration.Adapters.Shared.Web;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Stow;

/// <summary>A feed that devices and archives send to by STOW-RS.</summary>
internal sealed class DicomStowAdapter : IInboundAdapter
{
    private readonly SenderCharsets _charsets;
    private readonly StudyGatherer _gatherer;
    private readonly StowEndpoint _endpoint;
    private readonly FeedWebServer _server;

    public DicomStowAdapter(
        string feed, DicomStowOptions options, StudyLedger ledger, IMessageIntake intake, EngineMetrics metrics, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<DicomStowAdapter>();
        Feed = feed;
        _charsets = new(feed, StowEndpoint.CharsetsOf(options.Charset), metrics, logger);
        _gatherer = new(
            feed, new(options.AssigningAuthority, options.StudyQuietTime, options.StudyLongestWait, new Dictionary<string, string>()), _charsets, ledger, intake, time, logger);
        _endpoint = new(feed, options, _gatherer, logger);
        _server = new(feed, new FeedListenOptions(options.Listen, options.MaxConnections, options.Tls), time, loggers);
        Description = $"DICOM STOW-RS, {_server.Description}{options.Path}/studies";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => _server.Connections;

    public IReadOnlyList<FeedNotice> Notices => _charsets.Notices;

    public TransportStatus Transport => _server.Transport;

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _server.LocalEndpoint;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(_endpoint, cancellationToken);
        _gatherer.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _server.StopAsync(cancellationToken);
        await _gatherer.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _gatherer.DisposeAsync();
    }
}
