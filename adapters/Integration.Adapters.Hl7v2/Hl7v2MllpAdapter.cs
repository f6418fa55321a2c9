using System.Net;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Adapters.Shared.Sockets;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>A feed of HL7 v2 messages over MLLP, as server or as client.</summary>
internal sealed class Hl7v2MllpAdapter : IInboundAdapter
{
    private readonly TlsIdentity? _tls;
    private readonly FeedListener? _listener;
    private readonly MllpConnector? _connector;

    /// <param name="ledger">Where batches are noted; null: nowhere.</param>
    /// <param name="budget">What all connections of the process may hold.</param>
    public Hl7v2MllpAdapter(string feed, Hl7v2MllpOptions options, IMessageIntake intake, IntakeBudget budget, TimeProvider time, ILogger logger,
        FileLedger? ledger = null)
    {
        Feed = feed;
        _tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, logger);
        var receiver = new Hl7MessageReceiver(feed, options, intake, time, logger);
        var answering = new MllpAnswering(receiver, new Hl7BatchReceiver(receiver, ledger, time, logger));
        var limits = new MllpLimits(options.MaxMessageBytes, options.IdleTimeout, budget);
        if (options.Connect is { } peer)
        {
            _connector = new(feed, new(peer, options.MaxReconnectDelay), limits, _tls, answering, time, logger);
            Description = $"MLLP client of {peer.Host}:{peer.Port}{(_tls is null ? "" : ", TLS")}";
        }
        else
        {
            _listener = new(
                feed, new("MLLP", options.Listen, options.MaxConnections), _tls,
                (stream, socket, _, stop, abort) => new MllpConnection(stream, socket, feed, limits, answering, logger).RunAsync(stop, abort), logger);
            Description = $"MLLP server on {options.Listen}{TlsText(options.Tls)}";
        }
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => _listener?.Connections ?? (_connector!.Link.State == LinkStatus.Connected ? 1 : 0);

    public TransportStatus Transport => new() { Link = _connector?.Link, Certificate = _tls?.Status };

    /// <summary>Where it listens, with the port it got; null before it was started, and in client mode.</summary>
    public IPEndPoint? LocalEndpoint => _listener?.LocalEndpoint;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener?.Start();
        _connector?.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _listener?.StopAsync(cancellationToken) ?? _connector!.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await (_listener?.DisposeAsync() ?? _connector!.DisposeAsync());
        _tls?.Dispose();
    }

    private static string TlsText(TlsOptions? tls) => tls switch
    {
        null => "",
        { ClientCertificates: ClientCertificates.None } => ", TLS",
        { ClientCertificates: var mode } => $", TLS, client certificates {mode.ToString().ToLowerInvariant()}",
    };
}
