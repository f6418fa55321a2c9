using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Core.Pipeline;

/// <summary>What the pipeline does next with a message. Closed set.</summary>
public abstract record RecoveryAction
{
    private RecoveryAction()
    {
    }

    /// <summary>Commit the message in this state.</summary>
    public sealed record Finish(MessageState State, IReadOnlyList<MessageIssue> Issues) : RecoveryAction;

    /// <summary>Leave it waiting and run it again after a pause; its lane waits too, so that order holds.</summary>
    public sealed record RunAgain(TimeSpan After) : RecoveryAction;
}

/// <summary>Decides from an outcome alone; pure, so that the whole policy can be read and tested as a table.</summary>
public static class RecoveryPolicy
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <param name="failedRuns">Runs of this message in a row that ended in Retry, this one not counted.</param>
    public static RecoveryAction Decide(StageOutcome outcome, int failedRuns) => outcome switch
    {
        StageOutcome.Continue => new RecoveryAction.Finish(MessageState.Done, []),
        StageOutcome.Skip => new RecoveryAction.Finish(MessageState.Filtered, []),
        StageOutcome.Quarantine quarantine => new RecoveryAction.Finish(MessageState.Failed, quarantine.Issues),
        StageOutcome.Retry => new RecoveryAction.RunAgain(Backoff.Doubled(FirstPause, failedRuns, LongestPause)),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.GetType().Name, "Unknown outcome."),
    };
}
