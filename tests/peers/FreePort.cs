using System.Net;
using System.Net.Sockets;

namespace Integration.Peers;

/// <summary>Ports of 127.0.0.1 for servers that a test starts. Tests, benchmarks and peers compile this file.</summary>
/// <remarks>
/// They lie below the range from which the system takes the local ports of outgoing connections (from 32768 up on Linux): in between the moment when a port is found
/// free and the moment when the server listens on it, no connection can take it.
/// </remarks>
internal static class FreePort
{
    private const int First = 12000;
    private const int Count = 18000;

    // Programs that run side by side begin at different places.
    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens on, and that this program has not given out before.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody else's; the next one.
            }
        }

        throw new InvalidOperationException($"No port of {First} to {First + Count - 1} is free on 127.0.0.1.");
    }
}
