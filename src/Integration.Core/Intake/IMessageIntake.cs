namespace Integration.Core.Intake;

/// <summary>The door into the engine. Adapters see this and nothing behind it. Safe for many threads.</summary>
public interface IMessageIntake
{
    /// <summary>
    /// Journals the message durably and returns only then. Many calls that wait at the same time share one commit.
    /// Never throws for a bad message or a store that is away: both are results.
    /// </summary>
    ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken);
}
