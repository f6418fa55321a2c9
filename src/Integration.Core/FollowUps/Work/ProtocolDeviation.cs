using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;

namespace Integration.Core.FollowUps.Work;

/// <summary>How a piece of work deviates from the protocol that its rule is (方案偏离).</summary>
public enum DeviationKind
{
    /// <summary>Not done, and its time is over.</summary>
    Missing,

    /// <summary>Done after its time.</summary>
    Late,

    /// <summary>Done before its time.</summary>
    Early,

    /// <summary>The patient did not want it.</summary>
    Refused,

    /// <summary>The patient was not reached.</summary>
    Lost,

    /// <summary>Left out: by a person, or since nobody looked in time.</summary>
    LeftOut,
}

/// <summary>One deviation.</summary>
/// <param name="Days">How many days beyond the tolerance, up to now while it is missing; 0 where time is not what deviates.</param>
public sealed record ProtocolDeviation(FollowUpDocument Work, DeviationKind Kind, double Days)
{
    /// <summary>Null: the work keeps to the protocol, may still be done in time, or is not needed.</summary>
    /// <param name="tolerance">See <see cref="FollowUpRule.Tolerance"/>.</param>
    public static ProtocolDeviation? Of(FollowUpDocument work, CalendarSpan tolerance, HospitalCalendar calendar, DateTimeOffset now)
    {
        var (earliest, latest) = (tolerance.Before(work.DueAt, calendar), tolerance.After(work.DueAt, calendar));
        var ended = work.Outcome?.Time ?? work.ClosedAt ?? now;
        return work.State switch
        {
            FollowUpState.Refused => new(work, DeviationKind.Refused, 0),
            FollowUpState.Lost => new(work, DeviationKind.Lost, 0),
            FollowUpState.Cancelled when work.Reason is FollowUpReasons.Person or FollowUpReasons.Missed or FollowUpReasons.TooLate => new(work, DeviationKind.LeftOut, 0),
            FollowUpState.Cancelled => null,
            FollowUpState.Done when ended > latest => new(work, DeviationKind.Late, (ended - latest).TotalDays),
            FollowUpState.Done when ended < earliest => new(work, DeviationKind.Early, (earliest - ended).TotalDays),
            FollowUpState.Done => null,
            _ => now > latest ? new(work, DeviationKind.Missing, (now - latest).TotalDays) : null,
        };
    }
}
