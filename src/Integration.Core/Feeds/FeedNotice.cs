namespace Integration.Core.Feeds;

/// <summary>How bad it is.</summary>
public enum FeedNoticeLevel
{
    /// <summary>The feed works; somebody should look at something.</summary>
    Warning,

    /// <summary>The feed does not work until somebody does something.</summary>
    Fault,
}

/// <summary>What a feed wants its operator to know now.</summary>
/// <param name="Text">One English line that says what to do. No patient data.</param>
public sealed record FeedNotice(FeedNoticeLevel Level, string Text);

/// <summary>What a feed that picks up files has done with them since the store was made.</summary>
/// <param name="Waiting">Files that lie there now and are not read yet, since they may still grow.</param>
/// <param name="Done">Taken whole.</param>
/// <param name="Flagged">Taken, with something to look at: a count that does not add up, text that belongs to no message.</param>
/// <param name="Failed">Not taken, or not taken whole; see the folder of failed files.</param>
/// <param name="Copies">Files that had been taken before and were set aside unread.</param>
/// <param name="LastName">Name of the file last taken; null when none was.</param>
/// <param name="LastTaken">When (UTC); null when none was.</param>
/// <param name="LastState">What became of it; null when none was.</param>
public sealed record FeedFiles(
    int Waiting, long Done, long Flagged, long Failed, long Copies, string? LastName, DateTimeOffset? LastTaken, FileState? LastState);
