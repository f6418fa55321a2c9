using Integration.Core.Storage;

namespace Integration.Core.Intake;

/// <summary>The door for sources that know where they stand and hand over much at once, as tables do. Safe for many threads.</summary>
public interface IBulkIntake
{
    /// <summary>
    /// TRANSACTION: journals many messages of a source that knows where it stands, in this order, together with what the source writes down of that:
    /// all or none. What is in the journal under a message's id already is left out.
    /// </summary>
    /// <param name="messages">Each with an <see cref="InboundMessage.Id"/> of its place and without control id or count, since places tell repeats
    /// apart. Others wait while they are written: some hundreds at once are enough.</param>
    /// <param name="with">Writes of the source's own, without conditions.</param>
    /// <returns>Why nothing was stored; null when everything is durable.</returns>
    /// <exception cref="ArgumentException">A message has no id, or a control id or count.</exception>
    ValueTask<IntakeResult.Refused?> AcceptAllAsync(
        IReadOnlyList<InboundMessage> messages, IReadOnlyList<DocumentWrite> with, CancellationToken cancellationToken);
}
