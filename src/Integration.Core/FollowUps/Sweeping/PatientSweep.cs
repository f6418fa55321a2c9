using Integration.Core.Events;
using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Planning;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;
using Integration.Core.Records;

namespace Integration.Core.FollowUps.Sweeping;

/// <summary>
/// Everything of one patient whose time has come, asked again before anything is done: still alive, still in the record, still wanted, not done already, at
/// this hour; and what goes to the patient on one day goes in one message. Not for several threads.
/// </summary>
/// <param name="patient">The golden record as it is now, where the work's own was merged away; null when there is none.</param>
/// <param name="subjects">Resources that the work is for.</param>
internal sealed class PatientSweep(
    RulesInUse inUse, FollowUpSettings settings, RuleQuestions questions, FollowUpStore followUps, ContactConsents consents, PatientDocument? patient,
    DueSubjects subjects, DateTimeOffset now)
{
    private readonly List<EventDocument> _events = [];

    public PlannedWork Planned { get; } = new(inUse.Rules, now);

    /// <summary>To be raised with what is written.</summary>
    public IEnumerable<EventDocument> Events => [.. Planned.Events, .. _events];

    private HospitalCalendar Calendar => inUse.Calendar;

    /// <param name="waiting">Work of the patient whose <see cref="FollowUpDocument.NextAt"/> has come.</param>
    public async ValueTask RunAsync(IReadOnlyList<StoredFollowUp> waiting, CancellationToken cancellationToken)
    {
        Planned.Add(waiting);
        var tell = new List<SendDecision.Tell>();
        foreach (var (work, _) in waiting)
        {
            if (work.State == FollowUpState.Planned)
            {
                await ActAsync(work, await DecideAsync(work, cancellationToken), tell, cancellationToken);
            }
            else
            {
                Remind(work);
            }
        }

        await TellAsync(tell, cancellationToken);
    }

    private async ValueTask ActAsync(FollowUpDocument work, SendDecision decision, List<SendDecision.Tell> tell, CancellationToken cancellationToken)
    {
        await JudgeAsync(work, decision, cancellationToken);
        switch (decision)
        {
            case SendDecision.Cancel cancel:
                Planned.Cancel(work, cancel.Reason);
                break;
            case SendDecision.Die:
                Planned.Put(work with { State = FollowUpState.Dead, Reason = FollowUpReasons.RuleFailed, NextAt = null, ClosedAt = now });
                break;
            case SendDecision.Wait wait:
                Planned.Put(work with { NextAt = wait.Until });
                break;
            case SendDecision.Remind remind:
                MakeDue(remind);
                break;
            case SendDecision.Tell one when await consents.RefusalAsync(patient!, one.Rule.Category, now, cancellationToken) is { } refusal:
                Planned.Cancel(work, refusal);
                break;
            case SendDecision.Tell one:
                tell.Add(one);
                break;
        }
    }

    /// <summary>What comes with the day is a fact, whether or not the patient may be written to.</summary>
    private async ValueTask JudgeAsync(FollowUpDocument work, SendDecision decision, CancellationToken cancellationToken)
    {
        var rule = decision switch { SendDecision.Remind remind => remind.Rule, SendDecision.Tell tell => tell.Rule, _ => null };
        if (rule?.Raises is { WhenDue: true } type && work.Subject is { } id && await subjects.FindAsync(id, cancellationToken) is { } subject)
        {
            _events.Add(type.Of(rule, subject, work.DueAt < now ? work.DueAt : now, work.Id));
        }
    }

    private async ValueTask<SendDecision> DecideAsync(FollowUpDocument work, CancellationToken cancellationToken)
    {
        if (!inUse.Rules.All.TryGetValue(work.Rule, out var rule) || !rule.Enabled)
        {
            return new SendDecision.Cancel(FollowUpReasons.RuleGone);
        }

        if (patient is null)
        {
            return new SendDecision.Cancel(FollowUpReasons.RecordGone);
        }

        if (patient.Demographics.Deceased && !rule.AfterDeath)
        {
            return new SendDecision.Cancel(FollowUpReasons.Deceased);
        }

        // Work that was put off on purpose is late by what it was put off to.
        var since = work.NextAt ?? work.DueAt;
        if (rule.CatchUp.Forget.After(since, Calendar) < now)
        {
            return new SendDecision.Cancel(FollowUpReasons.TooLate);
        }

        var isLate = rule.CatchUp.Within.After(since, Calendar) < now;
        if (isLate && rule.CatchUp.Policy == CatchUpPolicy.Skip)
        {
            return new SendDecision.Cancel(FollowUpReasons.Missed);
        }

        var current = work with { PatientId = patient.Id };
        if (await DeniedAsync(rule, current, cancellationToken) is { } denial)
        {
            return denial;
        }

        return rule.Mode == FollowUpMode.Remind || (isLate && rule.CatchUp.Policy == CatchUpPolicy.Ask)
            ? new SendDecision.Remind(rule, current, rule.Mode == FollowUpMode.Auto ? FollowUpReasons.Late : null)
            : HourOf(rule) is { } later ? new SendDecision.Wait(later) : new SendDecision.Tell(rule, current);
    }

    /// <summary>When it may be told, if not now: within the rule's window and the hours in which the hospital writes to people.</summary>
    private DateTimeOffset? HourOf(FollowUpRule rule)
    {
        var hours = new AllowedTimes(settings.ContactHours, HolidaysShift: false, WeekendsShift: false);
        var later = now;
        for (var i = 0; i < 3; i++)
        {
            later = Calendar.Forward(Calendar.Forward(later, rule.Allowed), hours);
        }

        return later > now ? later : null;
    }

    /// <summary>What the rule says now: null when it still hits and the work is due.</summary>
    private async ValueTask<SendDecision?> DeniedAsync(FollowUpRule rule, FollowUpDocument work, CancellationToken cancellationToken)
    {
        if (work.Subject is null)
        {
            return await questions.RefusalAsync(rule, patient!, work.Anchor, cancellationToken) switch
            {
                null => null,
                FollowUpReasons.RuleFailed => new SendDecision.Die(),
                { } refusal => new SendDecision.Cancel(refusal),
            };
        }

        var subject = GoldenPatient.IsReference(work.Subject) ? GoldenPatient.Document(patient!, work.Trigger) : await subjects.FindAsync(work.Subject, cancellationToken);
        if (subject is null)
        {
            return new SendDecision.Cancel(FollowUpReasons.RecordGone);
        }

        var answer = await questions.AskAsync(rule, subject, patient, work.Trigger, cancellationToken);
        if (answer.Reason is { } reason)
        {
            return reason == FollowUpReasons.RuleFailed ? new SendDecision.Die() : new SendDecision.Cancel(reason);
        }

        if (work.Step >= rule.Due.Count || answer.Steps.FirstOrDefault(step => step.Number == work.Step) is not { } step)
        {
            return rule.Repeat is null ? new SendDecision.Cancel(FollowUpReasons.ConditionGone) : null;
        }

        if (step.Due <= now || step.Due == work.DueAt)
        {
            return null;
        }

        PlanReconciler.Apply(Planned, new RuleHit(rule, work.Subject, work.PatientId, answer, work.Trigger, work.Cause), Calendar, now);
        return new SendDecision.Leave();
    }

    private void MakeDue(SendDecision.Remind remind)
    {
        var due = remind.Work with
        {
            State = FollowUpState.Due,
            Mode = FollowUpMode.Remind,
            Reason = remind.Reason,
            DueSince = now,
            NextAt = EscalationOf(remind.Rule, level: 0, now),
        };
        Planned.Put(due);
        _events.Add(FollowUpEvents.Of(FollowUpEvents.Due, due, remind.Rule, now));
    }

    /// <summary>A person was reminded and the time is up: bring back what was tried, tell what is overdue.</summary>
    private void Remind(FollowUpDocument work)
    {
        var rule = inUse.Rules.All.GetValueOrDefault(work.Rule);
        if (work.State == FollowUpState.Attempted)
        {
            Planned.Put(work with { State = FollowUpState.Due, DueSince = now, NextAt = EscalationOf(rule, work.Level, now) });
            return;
        }

        if (rule is null || work.Level >= rule.Escalate.Count)
        {
            Planned.Put(work with { NextAt = null });
            return;
        }

        var level = work.Level + 1;
        var told = work with
        {
            Level = level,
            Team = rule.Escalate[work.Level].To ?? work.Team,
            Assignee = rule.Escalate[work.Level].To is null ? work.Assignee : null,
            State = rule.Escalate[work.Level].To is null ? work.State : FollowUpState.Due,
            NextAt = EscalationOf(rule, level, work.DueSince ?? now),
        };
        Planned.Put(told);
        _events.Add(FollowUpEvents.Of(FollowUpEvents.Overdue, told, rule, now, $"{level}"));
    }

    private DateTimeOffset? EscalationOf(FollowUpRule? rule, int level, DateTimeOffset since) =>
        rule is not null && level < rule.Escalate.Count ? rule.Escalate[level].After.After(since, Calendar) : null;

    private async ValueTask TellAsync(List<SendDecision.Tell> tell, CancellationToken cancellationToken)
    {
        foreach (var alone in tell.Where(one => !one.Rule.Bundle))
        {
            Send(alone, bundled: []);
        }

        var together = tell.Where(one => one.Rule.Bundle).ToList();
        if (together.Count == 0)
        {
            return;
        }

        var today = Calendar.DayOf(now);
        var told = await followUps.ToldSinceAsync(patient!.Id, Calendar.ToUtc(today, TimeOnly.MinValue), cancellationToken);
        if (told.Count(work => inUse.Rules.All.GetValueOrDefault(work.Rule) is not { Bundle: false }) >= settings.MessagesPerDay)
        {
            foreach (var (rule, work) in together)
            {
                Planned.Put(work with { NextAt = Calendar.Forward(Calendar.ToUtc(today.AddDays(1), rule.Allowed.Window.From), rule.Allowed) });
            }

            return;
        }

        await AddRestOfDayAsync(together, today, cancellationToken);
        Send(together[0], [.. together.Skip(1)]);
    }

    /// <summary>What would be due later the same day goes along.</summary>
    private async ValueTask AddRestOfDayAsync(List<SendDecision.Tell> together, DateOnly today, CancellationToken cancellationToken)
    {
        var open = await followUps.OpenOfPatientAsync(patient!.Id, cancellationToken);
        var endOfDay = Calendar.ToUtc(today.AddDays(1), TimeOnly.MinValue);
        Planned.Add(open);
        foreach (var (work, _) in open.Where(found => found.Work.State == FollowUpState.Planned && found.Work.NextAt > now && found.Work.NextAt < endOfDay))
        {
            if (inUse.Rules.All.GetValueOrDefault(work.Rule) is { Bundle: true, Mode: FollowUpMode.Auto }
                && await DecideAsync(work, cancellationToken) is SendDecision.Tell one
                && await consents.RefusalAsync(patient, one.Rule.Category, now, cancellationToken) is null)
            {
                await JudgeAsync(work, one, cancellationToken);
                together.Add(one);
            }
        }
    }

    private void Send(SendDecision.Tell leader, IReadOnlyList<SendDecision.Tell> bundled)
    {
        var sent = Close(leader, FollowUpReasons.Sent, bundledInto: null);
        foreach (var other in bundled)
        {
            Close(other, FollowUpReasons.Bundled, sent.Id);
        }

        _events.Add(FollowUpEvents.Of(FollowUpEvents.Due, sent, leader.Rule, now, bundled: [.. bundled.Select(other => other.Rule.Name)]));
    }

    private FollowUpDocument Close(SendDecision.Tell tell, string reason, string? bundledInto)
    {
        var done = tell.Work with { State = FollowUpState.Done, Reason = reason, DueSince = now, ClosedAt = now, NextAt = null, BundledInto = bundledInto };
        Planned.Put(done);
        if (FollowUpRepeats.Next(tell.Rule, done, Calendar, now) is { } next)
        {
            Planned.Put(next);
        }

        return done;
    }
}
