namespace Integration.Core.Intake;

/// <summary>A message that leaves its state for another.</summary>
/// <param name="Before">The state that it leaves.</param>
/// <param name="After">The message as it shall be.</param>
/// <param name="Version">Version it was read at.</param>
public sealed record MessageStep(MessageState Before, JournaledMessage After, long Version)
{
    /// <summary>Back to the pipeline.</summary>
    public static MessageStep RunAgain(JournaledMessage message, long version) => new(
        message.State, message with { State = MessageState.Waiting, Cause = null, MapWith = null, Marks = [.. message.Marks.Where(m => m != MessageMarks.Discarded)] }, version);

    /// <summary>Out of the way, with no effect; its bytes are kept.</summary>
    /// <param name="mark">Why, see <see cref="MessageMarks"/>.</param>
    public static MessageStep Filter(JournaledMessage message, long version, string mark) => new(
        message.State, message with { State = MessageState.Filtered, Cause = null, Marks = [.. message.Marks, mark] }, version);
}

/// <summary>A message the pipeline has to run, with the place it holds in the order of arrival.</summary>
public sealed record WaitingMessage(JournaledMessage Message, long Version, long Sequence);
