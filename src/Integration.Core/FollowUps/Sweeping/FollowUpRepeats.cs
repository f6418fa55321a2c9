using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;

namespace Integration.Core.FollowUps.Sweeping;

/// <summary>The next piece of work of a rule that repeats.</summary>
internal static class FollowUpRepeats
{
    /// <summary>Null when the rule does not repeat.</summary>
    public static FollowUpDocument? Next(FollowUpRule rule, FollowUpDocument done, HospitalCalendar calendar, DateTimeOffset now)
    {
        if (rule.Repeat is not { } span)
        {
            return null;
        }

        var due = calendar.Forward(span.After(done.DueAt, calendar), rule.Allowed);
        if (due <= now)
        {
            due = calendar.Forward(span.After(now, calendar), rule.Allowed);
        }

        var step = done.Step + Math.Max(1, rule.Due.Count);
        return FollowUpDocument.Planned(rule, done.PatientId, done.Episode, step, done.DueAt, due, done.Id, now) with
        {
            Subject = done.Subject,
            Trigger = done.Trigger,
            Owner = done.Owner,
            Department = done.Department,
        };
    }
}
