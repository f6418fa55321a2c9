using System.Net;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Limits of one MLLP server.</summary>
/// <param name="Endpoint">Port 0: any free port.</param>
internal sealed record MllpListenerOptions(IPEndPoint Endpoint, int MaxMessageBytes, TimeSpan IdleTimeout, int MaxConnections)
{
    /// <summary>Messages of one connection that may wait for their answer; then reading stops and TCP slows the sender down.</summary>
    public const int MaxInFlight = 32;
}
