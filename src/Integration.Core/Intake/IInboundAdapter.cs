using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Intake;

/// <summary>One feed that is running or could run. Started and stopped by the feed supervisor.</summary>
public interface IInboundAdapter : IAsyncDisposable
{
    /// <summary>Name of the feed, the key under <c>Feeds</c>.</summary>
    string Feed { get; }

    /// <summary>What it does in one line for the console, e.g. <c>MLLP server on 127.0.0.1:2575</c>.</summary>
    string Description { get; }

    /// <summary>Senders connected now; null where the transport has no connections.</summary>
    int? Connections { get; }

    /// <summary>Link and certificate, for transports that have them. Cheap and safe for any thread.</summary>
    TransportStatus Transport => TransportStatus.None;

    /// <summary>Begins to take messages. Returns when it does.</summary>
    /// <exception cref="ConfigurationException">It cannot, e.g. the port is in use: one problem that says what to do.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops taking messages, answers what it has taken, then closes. At most as long as the token allows.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>One kind of adapter, named in <c>Feeds:NAME:Adapter</c>.</summary>
public interface IInboundAdapterFactory
{
    /// <summary>e.g. <c>Hl7v2.Mllp</c>.</summary>
    string Name { get; }

    /// <summary>Every problem of this feed's settings; unknown keys are problems too. Empty: <see cref="Create"/> succeeds.</summary>
    IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings);

    /// <param name="intake">Where the feed hands its messages.</param>
    IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake);
}
