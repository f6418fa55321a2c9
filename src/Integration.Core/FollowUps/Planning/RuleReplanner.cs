using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Planning;

/// <summary>Brings work that is not due yet into line with rules that were changed since it was planned. Finds it by the version of its rule, so that it does not matter when or where that was.</summary>
public sealed class RuleReplanner(IDocumentStore store, FollowUpStore followUps, FollowUpRuleCatalog catalog, EventOutbox outbox, TimeProvider clock)
{
    private const int PageSize = 200;

    /// <returns>How many pieces of work were looked at.</returns>
    public async ValueTask<int> RunAsync(CancellationToken cancellationToken)
    {
        var inUse = catalog.Current;
        var looked = 0;
        foreach (var rule in inUse.Rules.All.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (true)
            {
                var page = await followUps.OfOtherVersionsAsync(rule.Name, rule.Version, PageSize, cancellationToken);
                var fresh = page.Where(found => seen.Add(found.Work.Id)).ToList();
                if (fresh.Count == 0)
                {
                    break;
                }

                foreach (var found in fresh)
                {
                    await ReplanAsync(inUse, rule, found, cancellationToken);
                }

                looked += fresh.Count;
            }
        }

        return looked;
    }

    /// <summary>TRANSACTION: one piece of work; when somebody else changed it meanwhile, the next run looks again.</summary>
    private async ValueTask ReplanAsync(RulesInUse inUse, FollowUpRule rule, StoredFollowUp found, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var planned = new PlannedWork(inUse.Rules, now);
        planned.Add([found]);
        var work = found.Work;
        if (!rule.Enabled)
        {
            planned.Cancel(work with { RuleVersion = rule.Version }, FollowUpReasons.RuleGone);
        }
        else if (await HitAsync(inUse, rule, work, now, cancellationToken) is { } hit && work.Step < rule.Due.Count)
        {
            planned.Add(await followUps.OfPlansAsync([work.Plan], cancellationToken));
            PlanReconciler.Apply(planned, hit, inUse.Calendar, now);
        }

        if (planned.Find(work.Id) is { IsOpen: true } open && open.RuleVersion != rule.Version)
        {
            planned.Put(open.Under(rule));
        }

        var batch = new WriteBatch();
        planned.WriteTo(batch);
        var raised = await outbox.RaiseAsync(batch, planned.Events, cancellationToken);
        if (await store.CommitAsync(batch, CommitPriority.Processing, cancellationToken) is CommitResult.Committed)
        {
            outbox.Committed(raised);
        }
    }

    /// <returns>Null for work that no resource brought, or whose resource is gone: the sweep sees to that.</returns>
    private async ValueTask<RuleHit?> HitAsync(RulesInUse inUse, FollowUpRule rule, FollowUpDocument work, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var patient = await store.GetAsync(Collections.Patients, work.PatientId, withPayload: false, cancellationToken) is { } person ? Collections.Patients.Read(person) : null;
        var subject = work.Subject is null || rule.Calendar is not null ? null
            : GoldenPatient.IsReference(work.Subject) ? patient is null ? null : GoldenPatient.Document(patient, work.Trigger)
            : await store.GetAsync(Collections.Resources, work.Subject, withPayload: false, cancellationToken) is { } stored ? Collections.Resources.Read(stored) : null;
        if (subject is null)
        {
            return null;
        }

        var answer = await new RuleQuestions(store, inUse.Calendar, now, []).AskAsync(rule, subject, patient, work.Trigger, cancellationToken);
        return answer.Reason == FollowUpReasons.RuleFailed ? null : new RuleHit(rule, subject.Id, work.PatientId, answer, work.Trigger, work.Cause);
    }
}
