namespace Integration.Core.Operations;

/// <summary>What is done to each message of an operation.</summary>
public enum OperationKind
{
    /// <summary>Failed messages run again, with the mappings of now.</summary>
    Retry,

    /// <summary>Failed messages are filtered: they shall have no effect.</summary>
    Discard,

    /// <summary>Messages of a time range run again, with the mappings of now.</summary>
    Replay,
}

/// <summary>Where an operation stands.</summary>
public enum OperationState
{
    /// <summary>At work, or waiting for the one before it.</summary>
    Running,

    /// <summary>Every message of it has come to an end.</summary>
    Finished,

    /// <summary>An operator stopped it; what had been begun was finished.</summary>
    Cancelled,
}

/// <summary>Which messages an operation is about. All parts that are set must hold.</summary>
/// <param name="Ids">These and no others, in this order; null for all that the other parts name.</param>
/// <param name="Cause">See <see cref="Intake.JournaledMessage.Cause"/>.</param>
/// <param name="From">Received at or after (UTC).</param>
/// <param name="Below">Received before (UTC).</param>
/// <param name="UnmappedCode">Their last run could not map this code of the work-list, see <see cref="Mapping.Codes.UnmappedCodeDocument"/>.</param>
public sealed record MessageSelection(
    IReadOnlyList<string>? Ids = null, string? Feed = null, string? MessageType = null, string? Cause = null, DateTimeOffset? From = null, DateTimeOffset? Below = null,
    string? UnmappedCode = null)
{
    /// <summary>Most <see cref="Ids"/>.</summary>
    public const int MaxIds = 1000;
}

/// <summary>Work on many messages, a document of <c>operations</c>: it goes on after a restart where it was. In the end Done + Failed + Skipped = Total.</summary>
public sealed record MessageOperation
{
    /// <summary>Time-ordered UUID (version 7), 32 hex digits.</summary>
    public required string Id { get; init; }

    public required OperationKind Kind { get; init; }

    public OperationState State { get; init; } = OperationState.Running;

    /// <summary>Who asked for it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why, as the actor said; empty when nothing was said.</summary>
    public required string Reason { get; init; }

    public required MessageSelection Selection { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>UTC; null while it runs.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Messages it is about, counted when it was asked for.</summary>
    public required long Total { get; init; }

    /// <summary>Messages that ended well: run and not failed, or discarded.</summary>
    public long Done { get; init; }

    /// <summary>Messages that ran and failed again.</summary>
    public long Failed { get; init; }

    /// <summary>Messages left alone, since they were no longer what the operation is for when their turn came.</summary>
    public long Skipped { get; init; }

    /// <summary>Highest store sequence that it looks at: messages that fail later, its own among them, are not taken up. 0 until begun.</summary>
    public long Bound { get; init; }

    /// <summary>Where the next messages are looked for; null at the beginning. Means something to <see cref="OperationSelector"/> alone.</summary>
    public string? Position { get; init; }

    /// <summary>Ids of the messages at work now.</summary>
    public IReadOnlyList<string> Current { get; init; } = [];
}
