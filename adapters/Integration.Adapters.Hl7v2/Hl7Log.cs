using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>What receiving HL7 v2 logs, whatever the transport. Control ids and places only, never content of a message.</summary>
internal static partial class Hl7Log
{
    [LoggerMessage(1103, LogLevel.Warning, "Feed {Feed}: the header of message {MessageId} (control id {ControlId}) is unreadable: {Code} at {Place}. It is in quarantine.")]
    public static partial void Quarantined(ILogger logger, string feed, string controlId, string code, string place, string messageId);

    [LoggerMessage(1104, LogLevel.Information, "Feed {Feed}: message '{ControlId}' ({MessageId}) was not finished within {Timeout}; its sender gets no application acknowledgement.")]
    public static partial void ApplicationAckLate(ILogger logger, string feed, string controlId, string messageId, TimeSpan timeout);

    [LoggerMessage(1106, LogLevel.Warning, "Feed {Feed}: batch {Checksum} could not be noted in the ledger of files: {Reason} Its messages are stored.")]
    public static partial void BatchNotNoted(ILogger logger, string feed, string checksum, string reason);

    [LoggerMessage(1210, LogLevel.Warning, "Feed {Feed}: batch {Checksum} with {Messages} messages: {Issue} ({IssueCount} issues in all, see /api/v1/files).")]
    public static partial void BatchFlagged(ILogger logger, string feed, string checksum, int messages, string issue, int issueCount);

    [LoggerMessage(1105, LogLevel.Debug, "Feed {Feed}: message '{ControlId}' was refused: {Reason}")]
    public static partial void Refused(ILogger logger, string feed, string controlId, string reason);
}
