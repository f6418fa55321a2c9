using System.Globalization;
using Integration.Core.Audit;
using Integration.Core.Events;
using Integration.Core.Storage;

namespace Integration.Core.Identity.Unmerging;

/// <summary>What became of an unmerge. Closed set.</summary>
public abstract record UnmergeResult
{
    private UnmergeResult()
    {
    }

    /// <summary>They are two patients again.</summary>
    /// <param name="PatientId">The golden record that stays.</param>
    /// <param name="UnmergedPatientId">The golden record that stands again.</param>
    /// <param name="Identities">Keys of the identities that went there, those that were not named but belong to them among them.</param>
    public sealed record Done(string PatientId, string UnmergedPatientId, IReadOnlyList<string> Identities) : UnmergeResult;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(UnmergeRefusal Why) : UnmergeResult;
}

/// <summary>A person takes a wrong merge back. Safe for many threads.</summary>
public sealed class PatientUnmerging(
    IDocumentStore store, UnmergePlanner planner, EventOutbox outbox, AuditTrail audit, IdentityMoves moves, TimeProvider clock)
{
    private const int MaxTries = 20;

    /// <summary>TRANSACTION: identities, resources with their history, both summaries, due work, decision, event with its deliveries, audit.</summary>
    /// <param name="patientId">The golden record that stands.</param>
    /// <param name="identityKeys">Numbers (<c>authority|value</c>) that are to be a patient of their own.</param>
    public async ValueTask<UnmergeResult> UnmergeAsync(
        string patientId, IReadOnlyCollection<string> identityKeys, string actor, string reason, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            var now = clock.GetUtcNow();
            var cause = $"unmerge-{now.UtcTicks.ToString(CultureInfo.InvariantCulture)}";
            var (plan, refusal) = await planner.PlanAsync(
                new UnmergeOrder(patientId, identityKeys, now, actor, Separations.ByPerson, cause, Feed: null, MayBeStored: false), cancellationToken);
            if (plan is null)
            {
                return new UnmergeResult.Refused(refusal!.Value);
            }

            var raised = RaisedEvents.None;
            using var move = moves.Begin();
            var result = await audit.CommitAsync(new AuditNote(actor, AuditActions.Unmerge, $"patients/{patientId}", reason), async batch =>
            {
                foreach (var write in plan.Writes)
                {
                    batch.Add(write);
                }

                raised = await outbox.RaiseAsync(batch, [plan.Event], cancellationToken);
                return await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken);
            }, cancellationToken);
            if (result is CommitResult.Committed)
            {
                outbox.Committed(raised);
                return new UnmergeResult.Done(plan.PatientId, plan.UnmergedPatientId, plan.Identities);
            }
        }

        throw new StoreUnavailableException("Others changed the patient at each try.");
    }
}
