using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Host.Console.Texts;

namespace Integration.Host.Console.Views;

/// <summary>How far one stage of the walk got in the last run.</summary>
public enum StageProgress
{
    /// <summary>Ran and handed on.</summary>
    Passed,

    /// <summary>Ran and stopped the message.</summary>
    Stopped,

    /// <summary>The message stopped before it.</summary>
    NotReached,

    /// <summary>The message waits for its run.</summary>
    Waits,
}

/// <param name="Name">Name in the journal, see <see cref="Words.Stages"/>.</param>
/// <param name="DurationUs">Microseconds; null when it did not run, and for the commit, whose end the journal cannot hold.</param>
internal sealed record StageStep(string Name, StageProgress Progress, long? DurationUs);

/// <summary>The six stages and the commit, as the last run over a message went through them.</summary>
internal static class StageWalk
{
    private const string Commit = "commit";

    public static IReadOnlyList<StageStep> Of(JournaledMessage message)
    {
        var timings = message.Stages.ToDictionary(s => s.Name, s => s.DurationUs, StringComparer.Ordinal);
        var stoppedAt = StoppedAt(message);
        return [.. Words.Stages.Keys.Select(name => Step(message.State, name, stoppedAt, timings))];
    }

    // The stage that ran last stopped it, except when all had passed and other lanes wrote first at every commit.
    private static string? StoppedAt(JournaledMessage message) => message switch
    {
        { State: not (MessageState.Failed or MessageState.Filtered) } => null,
        { Issues: var issues } when issues.Any(i => i.Code == IntegrationErrorCode.TooManyConflicts) => Commit,
        { Stages: [.., var last] } => last.Name,
        _ => null,
    };

    private static StageStep Step(MessageState state, string name, string? stoppedAt, Dictionary<string, long> timings)
    {
        if (state == MessageState.Waiting)
        {
            return new StageStep(name, StageProgress.Waits, null);
        }

        if (timings.TryGetValue(name, out var duration))
        {
            var stopped = name == stoppedAt;
            return new StageStep(name, stopped ? StageProgress.Stopped : StageProgress.Passed, duration);
        }

        return new StageStep(name, name == stoppedAt ? StageProgress.Stopped : name == Commit && state == MessageState.Done ? StageProgress.Passed : StageProgress.NotReached, null);
    }
}
