using System.Net;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Shared.Sockets;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Listening;

/// <summary>A port that callers associate with, for one service.</summary>
internal sealed class DicomListener : IAsyncDisposable
{
    /// <summary>Connections beyond the associations: those that are told that there are too many.</summary>
    private const int SpareConnections = 20;

    private readonly TlsIdentity? _tls;
    private readonly AssociationServer _server;
    private readonly FeedListener _listener;

    public DicomListener(string feed, DicomListenOptions options, IDimseService service, TimeProvider time, ILogger logger)
    {
        _tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, logger);
        var policy = new AssociationPolicy(options.AETitle, options.CallingAETitles, uid => service.Serves(uid, 0));
        _server = new(feed, policy, options.Limits, options.MaxAssociations, options.MaxPerSecond, service, time, logger);
        _listener = new(
            feed, new("DICOM", options.Listen, options.MaxAssociations + SpareConnections), _tls,
            (stream, _, peer, stop, abort) => _server.ServeAsync(stream, peer, stop, abort), logger);
        Description = $"{options.Listen}{(options.AETitle is { } title ? $" as {title}" : "")}{(_tls is null ? "" : ", TLS")}";
    }

    /// <summary>Address, title and TLS, for people.</summary>
    public string Description { get; }

    public int Associations => _server.Associations;

    /// <summary>Null: no TLS.</summary>
    public CertificateStatus? Certificate => _tls?.Status;

    /// <summary>Where it listens, with the port it got; null before it was started.</summary>
    public IPEndPoint? LocalEndpoint => _listener.LocalEndpoint;

    /// <summary>Opens the port.</summary>
    public void Start() => _listener.Start();

    /// <summary>Closes the port and lets every association answer what it has taken.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _listener.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _tls?.Dispose();
    }
}
