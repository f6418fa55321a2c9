using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Sockets;

/// <summary>What servers of connections log, whatever they speak. Addresses only, never content.</summary>
internal static partial class SocketLog
{
    [LoggerMessage(1001, LogLevel.Information, "Feed {Feed}: {Protocol} server listens on {Endpoint}.")]
    public static partial void Listening(ILogger logger, string feed, string protocol, string endpoint);

    [LoggerMessage(1002, LogLevel.Information, "Feed {Feed}: {Protocol} server on {Endpoint} has stopped.")]
    public static partial void Stopped(ILogger logger, string feed, string protocol, string endpoint);

    [LoggerMessage(1003, LogLevel.Debug, "Feed {Feed}: {Peer} connected.")]
    public static partial void Connected(ILogger logger, string feed, string peer);

    [LoggerMessage(1004, LogLevel.Debug, "Feed {Feed}: {Peer} disconnected.")]
    public static partial void Disconnected(ILogger logger, string feed, string peer);

    [LoggerMessage(1005, LogLevel.Warning, "Feed {Feed}: refused {Peer}, {MaxConnections} senders are connected already. Raise Feeds:{Feed}:MaxConnections if they are all wanted.")]
    public static partial void Full(ILogger logger, string feed, string peer, int maxConnections);

    [LoggerMessage(1006, LogLevel.Warning, "Feed {Feed}: could not accept a connection: {Reason}. Trying again.")]
    public static partial void AcceptFailed(ILogger logger, string feed, string reason);

    [LoggerMessage(EventId = 1013, Message = "Feed {Feed}: refused {Peer} at the TLS handshake: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, LogLevel level, string feed, string peer, string reason);

    [LoggerMessage(1007, LogLevel.Debug, "Feed {Feed}: {Peer} was cut off while stopping.")]
    public static partial void Aborted(ILogger logger, string feed, string peer);

    [LoggerMessage(1009, LogLevel.Error, "Feed {Feed}: closed {Peer} after an internal fault. The message was not acknowledged.")]
    public static partial void Faulted(ILogger logger, Exception exception, string feed, string peer);
}
