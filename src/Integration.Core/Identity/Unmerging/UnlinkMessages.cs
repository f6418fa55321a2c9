using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Mapping;
using Integration.Core.Pipeline;

namespace Integration.Core.Identity.Unmerging;

/// <summary>A message that says that two numbers are two people (HL7 v2.5.1 §3.3.37, A37), of numbers that the record holds as one. Safe for many threads.</summary>
/// <remarks>All of it goes into the message's batch. What the message says of the two persons beside that is not taken: their records only stand apart when it is committed.</remarks>
public sealed class UnlinkMessages(IdentityStore identities, UnmergePlanner planner, EventOutbox outbox)
{
    /// <summary>Parts the two. False: the record does not hold the numbers as one, or they were never two; the message runs like any other about two people.</summary>
    internal async ValueTask<bool> TryTakeAsync(MessageContext context, MatchRules rules, CancellationToken cancellationToken)
    {
        if (context.FirstPatient is not null || context.Mapping!.SecondPatient is not { Relation: PatientRelation.Unlinked } other)
        {
            return false;
        }

        var (first, second) = (await FindAsync(context.Mapping, rules, cancellationToken), await FindAsync(other, rules, cancellationToken));
        if (first is null || second is null || first.Id == second.Id || first.PatientId != second.PatientId)
        {
            return false;
        }

        var time = Separations.TimeOf(context);
        if (await IsJoinedLaterAsync(first, second, time, cancellationToken))
        {
            context.Issues.Add(MessageIssue.Information(IntegrationErrorCode.OlderThanRecord, "PID", "The two numbers were merged later than this message says that they are two people; they stay one."));
        }
        else
        {
            var order = new UnmergeOrder(
                first.PatientId, [second.Id], time, $"message {context.Message.Id}", Separations.ByMessage, context.Message.Id, context.Message.Feed, context.Message.Attempts > 0);
            if (await planner.PlanAsync(order, cancellationToken) is not ({ } plan, _) || plan.Identities.Contains(first.Id) == plan.Identities.Contains(second.Id))
            {
                return false;
            }

            await AddAsync(context, plan, cancellationToken);
        }

        context.IsUnlinked = true;
        context.Identity = new IdentityResult(first.PatientId, first.Id, []);
        return true;
    }

    private async ValueTask AddAsync(MessageContext context, UnmergePlan plan, CancellationToken cancellationToken)
    {
        foreach (var write in plan.Writes)
        {
            context.Batch.Add(write);
        }

        context.Changes.AddRange(plan.Changes);
        context.Deliveries.AddRange((await outbox.RaiseAsync(context.Batch, [plan.Event], cancellationToken)).Deliveries);
    }

    private async ValueTask<IdentityDocument?> FindAsync(MappingResult mapping, MatchRules rules, CancellationToken cancellationToken)
    {
        var keys = mapping.Subject() is { } subject
            ? PatientResources.IdentifiersOf(subject).Where(i => i.Authority != ResidentId.System && rules.Identifies(i)).Select(i => i.Key).ToList()
            : [];
        var known = keys.Count == 0 ? null : await identities.FindAsync(keys, cancellationToken);
        return known is not null && keys.Find(known.ContainsKey) is { } key ? known[key].Identity : null;
    }

    private async ValueTask<bool> IsJoinedLaterAsync(IdentityDocument first, IdentityDocument second, DateTimeOffset time, CancellationToken cancellationToken)
    {
        foreach (var former in RecordSplit.FormerOf(first).Concat(RecordSplit.FormerOf(second)).Where(id => id != first.PatientId).Distinct(StringComparer.Ordinal))
        {
            if ((await identities.FindReviewAsync(GoldenRecord.PairId(former, first.PatientId), cancellationToken)).Review is { State: Separations.Linked, Decided: { } joined } && joined > time)
            {
                return true;
            }
        }

        return false;
    }
}
