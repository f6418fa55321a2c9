using System.Net;
using Integration.Core.Security;

namespace Integration.Adapters.Hl7v2;

/// <summary>Settings of one <c>Hl7v2.Mllp</c> feed, section <c>Feeds:NAME</c>. Read and checked by <see cref="Hl7v2MllpSettings"/>.</summary>
public sealed record Hl7v2MllpOptions : Hl7FeedOptions
{
    public Hl7v2MllpOptions()
    {
    }

    internal Hl7v2MllpOptions(Hl7FeedOptions common)
        : base(common)
    {
    }

    /// <summary>
    /// Address and port, default <c>127.0.0.1:2575</c>. <c>0.0.0.0:2575</c> takes senders from other machines: HL7 v2 has no password,
    /// so let a firewall name them. Port 0: any free port.
    /// </summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 2575);

    /// <summary>The sender that we connect out to (client mode); null: we listen.</summary>
    public DnsEndPoint? Connect { get; init; }

    /// <summary>
    /// Client mode: longest pause between two tries to connect, default 30 seconds, 1 second to 1 hour. Pauses begin at a second and double.
    /// </summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A connection on which nothing comes for so long is closed, default 5 minutes, 1 second to 1 day. Senders reconnect. In client mode
    /// infinite unless set: the sender may be silent all night.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Null: no TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Senders connected at once, default 200, 1 to 10,000. Further ones are closed right away.</summary>
    public int MaxConnections { get; init; } = 200;
}
