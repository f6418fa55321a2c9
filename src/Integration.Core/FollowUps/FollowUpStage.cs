using Integration.Core.Events;
using Integration.Core.Events.Record;
using Integration.Core.FollowUps.Planning;
using Integration.Core.Pipeline;
using Integration.Core.Vitals;

namespace Integration.Core.FollowUps;

/// <summary>What the message changed → events for outside, and what becomes due because of it.</summary>
/// <remarks>
/// <para>1. <see cref="RecordEvents"/> says which events the changes are, <see cref="VitalSignWatch"/> what vital signs went out of limits or came back.</para>
/// <para>2. The rules that listen to them plan, move and end due work.</para>
/// <para>3. All events go into the batch with their deliveries.</para>
/// </remarks>
public sealed class FollowUpStage(EventOutbox events, FollowUpPlanner planner, VitalSignWatch vitals) : IMessageStage
{
    public string Name => "followUp";

    public string Description => "Raises the events that the change is, and plans what it makes due.";

    public async ValueTask<StageOutcome> RunAsync(MessageContext context, CancellationToken cancellationToken)
    {
        if (context.Identity is { IsNobody: true })
        {
            return StageOutcome.Next;   // reference data is no event and makes nothing due
        }

        var outcome = await vitals.TakeAsync(context, cancellationToken);
        context.Events =
        [
            .. RecordEvents.Of(context).Where(e => !NewestReading.Is(e.Subject) && !(e.Type == RecordEventTypes.VitalSignOutOfLimits.Type.Name && outcome.Judged.Contains(e.Subject))),
            .. outcome.Events,
        ];
        var more = await planner.PlanAsync(context, cancellationToken);
        var raised = await events.RaiseAsync(context.Batch, more.Count == 0 ? context.Events : [.. context.Events, .. more], cancellationToken);
        context.Deliveries.AddRange(raised.Deliveries);
        return StageOutcome.Next;
    }
}
