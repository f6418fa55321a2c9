using System.Net;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>Where one MLLP server listens, and for how many.</summary>
/// <param name="Endpoint">Port 0: any free port.</param>
internal sealed record MllpListenerOptions(IPEndPoint Endpoint, int MaxConnections);
