using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;

namespace Integration.Core.FollowUps.Planning;

/// <summary>A hit of a rule, or that it does not hit.</summary>
/// <param name="Subject"><c>Type/id</c> of the resource.</param>
/// <param name="Trigger">When the event happened (UTC).</param>
/// <param name="Cause">Id of the message, or name of the job.</param>
internal sealed record RuleHit(FollowUpRule Rule, string Subject, string PatientId, RuleAnswer Answer, DateTimeOffset Trigger, string Cause);

/// <summary>
/// Brings planned work into line with what a rule says now: the same answer twice changes nothing, another due time moves the work, an answer of no ends it,
/// an older fact that comes late does not take the place of a newer one. Pure but for what it puts into <see cref="PlannedWork"/>.
/// </summary>
internal static class PlanReconciler
{
    public static void Apply(PlannedWork planned, RuleHit hit, HospitalCalendar calendar, DateTimeOffset now)
    {
        if (hit.Answer.Reason is { } reason)
        {
            foreach (var open in planned.All.Where(work => IsOwn(work, hit) && work.IsOpen).ToList())
            {
                planned.Cancel(open, reason);
            }

            return;
        }

        if (!TakesPlace(planned, hit))
        {
            return;
        }

        foreach (var step in hit.Answer.Steps)
        {
            Plan(planned, hit, step, calendar, now);
        }

        if (hit.Rule.Repeat is null)
        {
            foreach (var gone in planned.All.Where(work => IsOwn(work, hit) && work.IsOpen && hit.Answer.Steps.All(step => step.Number != work.Step)).ToList())
            {
                planned.Cancel(gone, FollowUpReasons.ConditionGone);
            }
        }
    }

    private static bool IsOwn(FollowUpDocument work, RuleHit hit) => work.Rule == hit.Rule.Name && work.Subject == hit.Subject;

    private static bool MayReturn(FollowUpDocument work) => work.State == FollowUpState.Cancelled && FollowUpReasons.MayReturn(work.Reason);

    /// <summary>Whether the hit counts beside what others brought for the same episode; ends what it takes the place of.</summary>
    private static bool TakesPlace(PlannedWork planned, RuleHit hit)
    {
        var plan = FollowUpDocument.PlanOf(hit.Rule.Name, hit.Answer.Episode!);
        var others = planned.All.Where(work => work.Rule == hit.Rule.Name && work.Subject != hit.Subject && !MayReturn(work)
            && (work.Plan == plan || (hit.Rule is { Restart: true, Per: EpisodeKind.Resource } && work.PatientId == hit.PatientId))).ToList();
        if (!hit.Rule.Restart)
        {
            return others.Count == 0;
        }

        if (others.Any(work => work.Trigger > hit.Trigger))
        {
            return false;
        }

        foreach (var open in others.Where(work => work.IsOpen))
        {
            planned.Cancel(open, FollowUpReasons.Superseded);
        }

        return true;
    }

    private static void Plan(PlannedWork planned, RuleHit hit, DueStep step, HospitalCalendar calendar, DateTimeOffset now)
    {
        var own = planned.All.Where(work => IsOwn(work, hit) && work.Step == step.Number).ToList();
        if (own.Find(work => work.IsOpen) is { } open)
        {
            if (open.DueAt == step.Due)
            {
                if (open.RuleVersion != hit.Rule.Version)
                {
                    planned.Put(open.Under(hit.Rule) with { Owner = hit.Answer.Owner, Department = hit.Answer.Department });
                }

                return;
            }

            if (open.State != FollowUpState.Planned && open.Anchor == step.Anchor)
            {
                return;   // somebody is at it, and only the rule was changed
            }

            planned.Cancel(open, FollowUpReasons.Moved);
        }
        else if (own.Any(work => work.Anchor == step.Anchor && !MayReturn(work)))
        {
            return;
        }

        if (IsForgotten(hit.Rule, step.Due, calendar, now))
        {
            return;
        }

        var work = New(hit, step, now);
        var before = planned.Find(work.Id);
        planned.Put(work with { Attempts = before?.Attempts ?? [], Comments = before?.Comments ?? [] });
    }

    /// <summary>Too long ago to begin with: a history that is read in plans nothing.</summary>
    internal static bool IsForgotten(FollowUpRule rule, DateTimeOffset due, HospitalCalendar calendar, DateTimeOffset now) =>
        (rule.CatchUp.Policy == CatchUpPolicy.Skip ? rule.CatchUp.Within : rule.CatchUp.Forget).After(due, calendar) < now;

    private static FollowUpDocument New(RuleHit hit, DueStep step, DateTimeOffset now) =>
        FollowUpDocument.Planned(hit.Rule, hit.PatientId, hit.Answer.Episode!, step.Number, step.Anchor, step.Due, hit.Cause, now) with
        {
            Subject = hit.Subject,
            Trigger = hit.Trigger,
            Owner = hit.Answer.Owner,
            Department = hit.Answer.Department,
        };
}
