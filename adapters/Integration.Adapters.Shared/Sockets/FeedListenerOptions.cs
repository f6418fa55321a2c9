using System.Net;
using System.Net.Sockets;

namespace Integration.Adapters.Shared.Sockets;

/// <summary>Where one server listens, and for how many.</summary>
/// <param name="Protocol">What the log calls it, e.g. <c>MLLP</c>.</param>
/// <param name="Endpoint">Port 0: any free port.</param>
/// <param name="MaxConnections">Further ones are closed right away.</param>
internal sealed record FeedListenerOptions(string Protocol, IPEndPoint Endpoint, int MaxConnections);

/// <summary>Speaks with one sender until either side has had enough. Never throws for what the sender does.</summary>
/// <param name="stream">Secured where the feed has TLS; belongs to the callee, which closes it.</param>
/// <param name="socket">Below the stream.</param>
/// <param name="stop">Ends the taking of more: what was taken is answered still.</param>
/// <param name="abort">Ends everything.</param>
internal delegate Task ServeConnection(Stream stream, Socket socket, string peer, CancellationToken stop, CancellationToken abort);
