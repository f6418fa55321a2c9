using Integration.Core.Diagnostics;

namespace Integration.Core.Pipeline;

/// <summary>How a stage ended. Closed set; <c>RecoveryPolicy</c> decides what follows.</summary>
public abstract record StageOutcome
{
    private StageOutcome()
    {
    }

    /// <summary>Go on with the next stage.</summary>
    public static readonly StageOutcome Next = new Continue();

    /// <summary>See <see cref="Next"/>, its one instance.</summary>
    public sealed record Continue : StageOutcome;

    /// <summary>Nothing more to do for this message, by a rule of the feed: state Filtered.</summary>
    public sealed record Skip(string Reason) : StageOutcome;

    /// <summary>A peer or the store is away, or somebody else wrote first: run the message again.</summary>
    public sealed record Retry(string Reason) : StageOutcome;

    /// <summary>The message is wrong: state Failed with these issues, bytes kept.</summary>
    public sealed record Quarantine(IReadOnlyList<MessageIssue> Issues) : StageOutcome;
}
