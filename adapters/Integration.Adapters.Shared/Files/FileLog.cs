using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Files;

/// <summary>
/// What picking up files logs. A file is named by its checksum, under which the ledger shows it with its name: names that senders give can
/// hold names of patients.
/// </summary>
internal static partial class FileLog
{
    [LoggerMessage(1201, LogLevel.Information, "Feed {Feed}: looks for files in {Source}.")]
    public static partial void Looking(ILogger logger, string feed, string source);

    [LoggerMessage(1202, LogLevel.Information, "Feed {Feed}: no longer looks for files in {Source}.")]
    public static partial void Stopped(ILogger logger, string feed, string source);

    [LoggerMessage(1203, LogLevel.Information, "Feed {Feed}: file {Checksum} was taken: {Messages} messages, {Accepted} new, {Duplicates} duplicates, {Quarantined} in quarantine.")]
    public static partial void Taken(ILogger logger, string feed, string checksum, int messages, int accepted, int duplicates, int quarantined);

    [LoggerMessage(1204, LogLevel.Warning, "Feed {Feed}: file {Checksum} with {Messages} messages: {Issue} ({IssueCount} issues in all, see /api/v1/files).")]
    public static partial void Flagged(ILogger logger, string feed, string checksum, int messages, string issue, int issueCount);

    [LoggerMessage(1205, LogLevel.Information, "Feed {Feed}: file {Checksum} had been taken before; this copy was set aside unread.")]
    public static partial void Copy(ILogger logger, string feed, string checksum);

    [LoggerMessage(1206, LogLevel.Information, "Feed {Feed}: a file changed while it was read; it is read again once it stands still.")]
    public static partial void Changed(ILogger logger, string feed);

    [LoggerMessage(1207, LogLevel.Warning, "Feed {Feed}: {Notice}")]
    public static partial void Noticed(ILogger logger, string feed, string notice);

    [LoggerMessage(1208, LogLevel.Information, "Feed {Feed}: settled: {Notice}")]
    public static partial void Settled(ILogger logger, string feed, string notice);

    [LoggerMessage(1209, LogLevel.Error, "Feed {Feed}: picking up files failed; trying again.")]
    public static partial void Failed(ILogger logger, Exception exception, string feed);
}
