namespace Integration.Core.Retention;

/// <summary>A document of <c>retention</c>: what was removed and compressed of one feed, written in the commit that did it.</summary>
public sealed record RetentionDocument
{
    /// <summary>Name of the feed.</summary>
    public required string Id { get; init; }

    /// <summary>Done, filtered and duplicate messages that were removed, since the store was made.</summary>
    public long PrunedFinished { get; init; }

    /// <summary>Failed messages that were removed.</summary>
    public long PrunedFailed { get; init; }

    /// <summary>Raw bytes of those removed.</summary>
    public long PrunedBytes { get; init; }

    /// <summary>When the last was removed (UTC); null when none was.</summary>
    public DateTimeOffset? LastPruned { get; init; }

    /// <summary>Messages whose raw bytes were compressed.</summary>
    public long Compressed { get; init; }

    /// <summary>Their length before.</summary>
    public long CompressedFrom { get; init; }

    /// <summary>Their length after.</summary>
    public long CompressedTo { get; init; }

    /// <summary>Of messages received before this (UTC) the bytes are compressed; null when none are.</summary>
    public DateTimeOffset? CompressedBelow { get; init; }
}
