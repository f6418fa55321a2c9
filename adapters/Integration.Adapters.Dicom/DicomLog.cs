using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom;

/// <summary>What DICOM feeds log: addresses, AE titles, tags and reasons, never values of a data set.</summary>
internal static partial class DicomLog
{
    [LoggerMessage(1301, LogLevel.Warning, "Feed {Feed}: refused the association of {Peer} ({CallingAe}): {Reason}.")]
    public static partial void Rejected(ILogger logger, string feed, string peer, string callingAe, string reason);

    [LoggerMessage(EventId = 1302, Message = "Feed {Feed}: association of {Peer} ended: {Reason}")]
    public static partial void Ended(ILogger logger, LogLevel level, string feed, string peer, string reason);

    [LoggerMessage(1303, LogLevel.Error, "Feed {Feed}: aborted {Peer} after an internal fault. The instance was not acknowledged.")]
    public static partial void Faulted(ILogger logger, Exception exception, string feed, string peer);

    [LoggerMessage(1304, LogLevel.Warning, "Feed {Feed}: an instance of {CallingAe} cannot be read: {Reason}")]
    public static partial void Unreadable(ILogger logger, string feed, string callingAe, string reason);

    [LoggerMessage(1305, LogLevel.Warning, "Feed {Feed}: {CallingAe} declares character set '{Declared}' and writes {Actual}. Its texts are read as {Actual}; Feeds:{Feed}:Charsets:{CallingAe} settles it.")]
    public static partial void CharsetMismatch(ILogger logger, string feed, string callingAe, string declared, string actual);

    [LoggerMessage(1306, LogLevel.Warning, "Feed {Feed}: the store cannot take studies now: {Reason} Trying on.")]
    public static partial void StoreAway(ILogger logger, string feed, string reason);

    [LoggerMessage(1307, LogLevel.Error, "Feed {Feed}: an internal fault kept a study from being handed on; it is tried again.")]
    public static partial void GatherFaulted(ILogger logger, Exception exception, string feed);

    [LoggerMessage(1308, LogLevel.Warning, "Feed {Feed}: {CallingAe} could not be told that its pictures are not kept here, so it keeps them: {Reason}")]
    public static partial void CommitmentNotTaken(ILogger logger, string feed, string callingAe, string reason);

    /// <summary>A title as it may stand in a log: what is no title is not repeated.</summary>
    public static string Title(string title) => title.Length is > 0 and <= 16 && title.All(c => c is >= ' ' and <= '~') ? title : "no title";

    /// <summary>A declared character set as it may stand in a log.</summary>
    public static string Declared(string terms) => terms.Length <= 64 && terms.All(c => char.IsAsciiLetterOrDigit(c) || " _\\-".Contains(c)) ? terms : "a name";
}
