using System.Net.Sockets;

namespace Integration.Adapters.Shared.Sockets;

/// <summary>Sets up the socket of a connection.</summary>
internal static class FeedSocket
{
    private const int KeepAliveSeconds = 60;

    /// <summary>Answers go out at once, and a peer that vanished without a word is noticed.</summary>
    /// <exception cref="SocketException">It was reset by the peer already.</exception>
    public static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
    }
}
