using System.Net;
using Integration.Adapters.Hl7v2.Parsing;

namespace Integration.Adapters.Hl7v2;

/// <summary>Settings of one <c>Hl7v2.Mllp</c> feed, section <c>Feeds:NAME</c>. Read and checked by <see cref="Hl7v2AdapterSettings"/>.</summary>
public sealed record Hl7v2AdapterOptions
{
    /// <summary>
    /// Address and port, default <c>127.0.0.1:2575</c>. <c>0.0.0.0:2575</c> takes senders from other machines: HL7 v2 has no password,
    /// so let a firewall name them. Port 0: any free port.
    /// </summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 2575);

    /// <summary>
    /// Longest message, default 16 MiB, 1 KiB to 512 MiB. A longer one is answered AR and its connection closed. Each connection can
    /// take this much memory.
    /// </summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>A connection on which nothing comes for so long is closed, default 5 minutes, 1 second to 1 day. Senders reconnect.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Senders connected at once, default 200, 1 to 10,000. Further ones are closed right away.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary><c>Charset</c>, <c>DefaultCharset</c>, <c>TimeZone</c> and <c>AssigningAuthority</c>.</summary>
    public Hl7ReadingOptions Reading { get; init; } = Hl7ReadingOptions.Default;
}
