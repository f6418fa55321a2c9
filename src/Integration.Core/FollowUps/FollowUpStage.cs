using Integration.Core.Pipeline;

namespace Integration.Core.FollowUps;

/// <summary>Asks every rule what becomes due because of what the message changed.</summary>
/// <remarks>No rule is part of this version: the stage stands in its place in the walk and adds nothing to the batch.</remarks>
public sealed class FollowUpStage(IEnumerable<IFollowUpRule> rules) : IMessageStage
{
    private readonly IFollowUpRule[] _rules = [.. rules];

    public string Name => "followUp";

    public string Description => "Plans follow-ups and reminders that the change makes due.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        if (context.Identity is { IsNobody: true })
        {
            return StageOutcome.Next;   // reference data makes nothing due
        }

        foreach (var rule in _rules)
        {
            await rule.PlanAsync(context.Record!, context.Batch, cancellationToken);
        }

        return StageOutcome.Next;
    }
}
