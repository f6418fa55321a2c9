using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Pipeline;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Core.FollowUps.Planning;

/// <summary>What a message makes due: asks the rules that listen to its events, and brings due work into line in the message's batch. Safe for many threads.</summary>
/// <remarks>A message whose events no rule listens to costs a look-up for each event and reads nothing.</remarks>
public sealed class FollowUpPlanner(IDocumentStore store, FollowUpStore followUps, FollowUpRuleCatalog catalog, TimeProvider clock)
{
    private const string Death = "patient.deceased";

    /// <summary>Adds what becomes due, moves and ends to the context's batch.</summary>
    /// <returns>Events that this raises; they are not in the batch yet.</returns>
    public async ValueTask<IReadOnlyList<EventDocument>> PlanAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var (rules, calendar) = catalog.Current;
        var events = new List<EventDocument>();
        foreach (var e in context.Events)
        {
            if (e.Type == Death || rules.Concerns(e.Type))
            {
                events.Add(e);
            }
        }

        if (events.Count == 0 && context.Identity!.Merges.Count == 0)
        {
            return [];
        }

        var now = clock.GetUtcNow();
        var patientId = context.Identity!.PatientId;
        var planned = new PlannedWork(rules, now);
        var raised = new List<EventDocument>();
        foreach (var merge in context.Identity.Merges)
        {
            var moved = await followUps.OfPatientAsync(merge.FromPatientId, cancellationToken);
            planned.Add(moved);
            foreach (var (work, _) in moved)
            {
                planned.Put(work with { PatientId = patientId });
            }
        }

        if (events.Count > 0)
        {
            var questions = new RuleQuestions(store, calendar, now, context.Record!.Changes);
            var (hits, judged) = await HitsAsync(questions, context, catalog.Current, events, now, cancellationToken);
            planned.Add(await followUps.OpenOfPatientAsync(patientId, cancellationToken));
            planned.Add(await followUps.OfPlansAsync(
                [.. hits.Where(hit => hit.Answer.Episode is not null).Select(hit => FollowUpDocument.PlanOf(hit.Rule.Name, hit.Answer.Episode!)).Distinct()], cancellationToken));
            foreach (var hit in hits)
            {
                PlanReconciler.Apply(planned, hit, calendar, now);
            }

            Stop(planned, questions, context, rules, events);
            raised.AddRange(judged);
        }

        planned.WriteTo(context.Batch);
        raised.AddRange(planned.Events);
        return raised;
    }

    /// <param name="events">What happened; what rules judge it to be comes behind, so that other rules may listen to that.</param>
    private static async ValueTask<(List<RuleHit> Hits, List<EventDocument> Judged)> HitsAsync(
        RuleQuestions questions, MessageContext context, RulesInUse inUse, List<EventDocument> events, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hits = new List<RuleHit>();
        var judged = new List<EventDocument>();
        var asked = new HashSet<(string Rule, string Subject)>();
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            foreach (var rule in inUse.Rules.TriggeredBy(e.Type))
            {
                if (SubjectOf(context, e) is not { } subject || subject.Type != rule.Resource || !asked.Add((rule.Name, subject.Id)))
                {
                    continue;
                }

                var answer = await questions.AskAsync(rule, subject, context.Record!.Patient, e.Time, cancellationToken);
                if (answer.Reason == FollowUpReasons.RuleFailed)
                {
                    context.Issues.Add(MessageIssue.Information(
                        IntegrationErrorCode.RuleNotAnswered, "", $"Rule {rule.Name} could not be asked of {subject.Type}: an expression fails on it."));
                    continue;
                }

                hits.Add(new RuleHit(rule, subject.Id, subject.PatientId, answer, e.Time, context.Message.Id));
                if (rule.Raises is { WhenDue: false } type && answer.Steps.Any(step => !PlanReconciler.IsForgotten(rule, step.Due, inUse.Calendar, now)))
                {
                    // Once, whichever rules say it.
                    var one = type.Of(rule, subject, e.Time, context.Message.Id) with { Feed = context.Message.Feed };
                    if (judged.All(known => known.Id != one.Id))
                    {
                        judged.Add(one);
                        events.Add(one);
                    }
                }
            }
        }

        return (hits, judged);
    }

    private static ResourceDocument? SubjectOf(MessageContext context, EventDocument e) =>
        GoldenPatient.IsReference(e.Subject)
            ? context.Record!.Patient is { } patient ? GoldenPatient.Document(patient, e.Time) : null
            : context.Record!.Changes.FirstOrDefault(change => change.After.Id == e.Subject)?.After;

    private static void Stop(PlannedWork planned, RuleQuestions questions, MessageContext context, FollowUpRuleSet rules, List<EventDocument> events)
    {
        foreach (var e in events)
        {
            if (e.Type == Death)
            {
                Cancel(planned, work => work.PatientId == e.PatientId && rules.All.GetValueOrDefault(work.Rule) is not { AfterDeath: true }, FollowUpReasons.Deceased);
            }

            foreach (var rule in rules.StoppedBy(e.Type))
            {
                foreach (var stop in rule.StopEvents.Where(stop => stop.Events.Contains(e.Type) && questions.Meets(stop, SubjectOf(context, e))))
                {
                    Cancel(planned, work => work.Rule == rule.Name && Concerns(stop, e, work), FollowUpReasons.Stopped);
                }
            }
        }
    }

    // What happened before the work was brought about does not end it: it may only have been told late.
    private static bool Concerns(StopEvent stop, EventDocument e, FollowUpDocument work) =>
        work.Subject == e.Subject || work.Episode == e.Subject || (stop.OfPatient && work.PatientId == e.PatientId && work.Trigger <= e.Time);

    private static void Cancel(PlannedWork planned, Func<FollowUpDocument, bool> which, string reason)
    {
        foreach (var work in planned.All.Where(work => work.IsOpen && which(work)).ToList())
        {
            planned.Cancel(work, reason);
        }
    }
}
