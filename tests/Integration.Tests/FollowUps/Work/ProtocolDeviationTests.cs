using Integration.Core.FollowUps.Calendars;
using Integration.Core.FollowUps.Rules;
using Integration.Core.FollowUps.Work;

namespace Integration.Tests.FollowUps.Work;

/// <summary>What deviates from a protocol that allows a week on either side.</summary>
public sealed class ProtocolDeviationTests
{
    private static readonly HospitalCalendar Calendar = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), StatutoryDays.None);

    [Theory]
    [InlineData(FollowUpState.Done, null, "2026-04-07 10:00", null)]
    [InlineData(FollowUpState.Done, null, "2026-04-21 10:00", null)]
    [InlineData(FollowUpState.Done, null, "2026-04-21 22:00", "Late 0.5")]
    [InlineData(FollowUpState.Done, null, "2026-04-06 10:00", "Early 1.0")]
    [InlineData(FollowUpState.Due, null, null, "Missing 9.0")]
    [InlineData(FollowUpState.Planned, null, null, "Missing 9.0")]
    [InlineData(FollowUpState.Lost, FollowUpReasons.AttemptsUsedUp, "2026-04-16 10:00", "Lost 0.0")]
    [InlineData(FollowUpState.Refused, null, "2026-04-14 10:00", "Refused 0.0")]
    [InlineData(FollowUpState.Cancelled, FollowUpReasons.Person, "2026-04-14 10:00", "LeftOut 0.0")]
    [InlineData(FollowUpState.Cancelled, FollowUpReasons.Missed, "2026-04-14 10:00", "LeftOut 0.0")]
    [InlineData(FollowUpState.Cancelled, FollowUpReasons.Stopped, "2026-04-14 10:00", null)]
    [InlineData(FollowUpState.Cancelled, FollowUpReasons.Deceased, "2026-04-14 10:00", null)]
    public void Of_WorkDueOn14April_At30April(FollowUpState state, string? reason, string? ended, string? expected)
    {
        var work = new FollowUpDocument
        {
            Id = "1",
            Rule = "research",
            RuleVersion = "1",
            Step = 0,
            PatientId = "P1",
            Episode = "EpisodeOfCare/1",
            Trigger = FollowUpEngine.At("2026-03-15 10:00"),
            Anchor = FollowUpEngine.At("2026-03-15 10:00"),
            DueAt = FollowUpEngine.At("2026-04-14 10:00"),
            State = state,
            Reason = reason,
            Team = "research",
            ClosedAt = ended is null ? null : FollowUpEngine.At(ended),
            Cause = "test",
            Created = FollowUpEngine.At("2026-03-15 10:00"),
        };

        var deviation = ProtocolDeviation.Of(work, new CalendarSpan(7, SpanUnit.Day), Calendar, FollowUpEngine.At("2026-04-30 10:00"));

        Assert.Equal(expected, deviation is null ? null : FormattableString.Invariant($"{deviation.Kind} {deviation.Days:F1}"));
    }
}
