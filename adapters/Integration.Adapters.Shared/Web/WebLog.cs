using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Web;

/// <summary>What the web server of a feed logs.</summary>
internal static partial class WebLog
{
    [LoggerMessage(1301, LogLevel.Information, "Feed {Feed}: HTTP server listens on {Endpoint}.")]
    public static partial void Listening(ILogger logger, string feed, string endpoint);

    [LoggerMessage(1302, LogLevel.Information, "Feed {Feed}: HTTP server on {Endpoint} has stopped.")]
    public static partial void Stopped(ILogger logger, string feed, string endpoint);

    [LoggerMessage(1303, LogLevel.Warning, "Feed {Feed}: {Peer} showed no credentials, or wrong ones; refused. See ApiKey, User and Password of the feed.")]
    public static partial void Unauthorized(ILogger logger, string feed, string peer);

    [LoggerMessage(1304, LogLevel.Warning, "Feed {Feed}: {Peer} posted more than {MaxMessageBytes} bytes; refused. Raise Feeds:{Feed}:MaxMessageBytes if that is wanted.")]
    public static partial void TooLong(ILogger logger, string feed, string peer, int maxMessageBytes);

    [LoggerMessage(1305, LogLevel.Information, "Feed {Feed}: {Peer} broke off while it posted a message. Nothing was stored.")]
    public static partial void BrokenOff(ILogger logger, string feed, string peer);

    [LoggerMessage(1306, LogLevel.Warning, "Feed {Feed}: no TLS with {Peer}: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, string feed, string peer, string reason);
}
