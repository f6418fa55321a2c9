using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Mllp;

/// <summary>What the MLLP server and its feed log. Control ids and addresses only, never content of a message.</summary>
internal static partial class MllpLog
{
    [LoggerMessage(1007, LogLevel.Debug, "Feed {Feed}: {Peer} was cut off while stopping.")]
    public static partial void Aborted(ILogger logger, string feed, string peer);

    [LoggerMessage(1008, LogLevel.Information, "Feed {Feed}: connection to {Peer} broke: {Reason}")]
    public static partial void Broken(ILogger logger, string feed, string peer, string reason);

    [LoggerMessage(1009, LogLevel.Error, "Feed {Feed}: closed {Peer} after an internal fault. The message was not acknowledged.")]
    public static partial void Faulted(ILogger logger, Exception exception, string feed, string peer);

    [LoggerMessage(1010, LogLevel.Warning, "Feed {Feed}: {Peer} sent {SkippedBytes} bytes outside of frames; they were skipped. Check that it speaks MLLP.")]
    public static partial void Skipped(ILogger logger, string feed, string peer, long skippedBytes);

    [LoggerMessage(1011, LogLevel.Debug, "Feed {Feed}: {Peer} did not close its side in time.")]
    public static partial void Lingered(ILogger logger, string feed, string peer);

    [LoggerMessage(1012, LogLevel.Information, "Feed {Feed}: closed {Peer}, nothing came or went for {IdleTimeout}.")]
    public static partial void Idle(ILogger logger, string feed, string peer, TimeSpan idleTimeout);

    [LoggerMessage(1014, LogLevel.Warning, "Feed {Feed}: cannot connect to {Peer}: {Reason} Trying on; the same reason is not logged again until it is over.")]
    public static partial void CannotConnect(ILogger logger, string feed, string peer, string reason);

    [LoggerMessage(1015, LogLevel.Information, "Feed {Feed}: connected to {Peer} again after {Duration}, {Failures} tries had failed.")]
    public static partial void Recovered(ILogger logger, string feed, string peer, TimeSpan duration, int failures);

    [LoggerMessage(1016, LogLevel.Error, "Feed {Feed}: an internal fault ended the connecting to {Peer}.")]
    public static partial void ConnectorFaulted(ILogger logger, Exception exception, string feed, string peer);

    [LoggerMessage(1101, LogLevel.Warning, "Feed {Feed}: {Peer} sent a message longer than {MaxMessageBytes} bytes; refused. Raise Feeds:{Feed}:MaxMessageBytes if it is wanted.")]
    public static partial void TooLong(ILogger logger, string feed, string peer, int maxMessageBytes);

    [LoggerMessage(1102, LogLevel.Warning, "Feed {Feed}: {Peer} closed after {Bytes} bytes of a message. It was not acknowledged.")]
    public static partial void Incomplete(ILogger logger, string feed, string peer, int bytes);
}
