using System.Net;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>A feed of HL7 v2 messages over MLLP.</summary>
internal sealed class Hl7v2MllpAdapter : IInboundAdapter
{
    private readonly MllpListener _listener;

    public Hl7v2MllpAdapter(string feed, Hl7v2MllpOptions options, IMessageIntake intake, TimeProvider time, ILogger logger, FileLedger? ledger = null)
    {
        Feed = feed;
        var receiver = new Hl7MessageReceiver(feed, options, intake, time, logger);
        _listener = new(feed, new(options.Listen, options.MaxMessageBytes, options.IdleTimeout, options.MaxConnections), new MllpAnswering(receiver, new Hl7BatchReceiver(receiver, ledger, time, logger)), logger);
        Description = $"MLLP server on {options.Listen}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => _listener.Connections;

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
