using Integration.Core.FollowUps.Calendars;

namespace Integration.Core.FollowUps.Rules;

/// <summary>Whether somebody is served or solicited; marketing needs consent.</summary>
public enum ContactCategory
{
    Service,
    Marketing,
}

/// <summary>Who acts when work is due.</summary>
public enum FollowUpMode
{
    /// <summary>The engine tells the patient by a channel.</summary>
    Auto,

    /// <summary>A person is reminded and decides (提醒应访).</summary>
    Remind,
}

/// <summary>What makes two hits of a rule one.</summary>
public enum EpisodeKind
{
    /// <summary>The resource that the event is about.</summary>
    Resource,

    /// <summary>The patient: once in a lifetime, or the latest with <see cref="FollowUpRule.Restart"/>.</summary>
    Patient,

    /// <summary>The patient and the day on which it is due.</summary>
    Day,

    /// <summary>The value of an expression.</summary>
    Path,
}

/// <summary>A title in both languages of the console.</summary>
public sealed record RuleTitle(string English, string Chinese);

/// <summary>Days of the calendar that a rule waits for instead of events.</summary>
/// <param name="At">When it is due on that day.</param>
public sealed record CalendarTrigger(CalendarDay Day, TimeOnly At, LeapDayPolicy LeapDay, LeapMonthPolicy LeapMonth);

/// <summary>One rule of <c>mappings/follow-ups</c>, checked. See <c>docs/follow-up-rules.md</c>. Immutable.</summary>
public sealed record FollowUpRule
{
    /// <summary>Name of its file.</summary>
    public required string Name { get; init; }

    /// <summary>First 12 hex digits of the SHA-256 of its text: work that was planned by another version is planned again.</summary>
    public required string Version { get; init; }

    public required RuleTitle Title { get; init; }

    public bool Enabled { get; init; } = true;

    public ContactCategory Category { get; init; }

    /// <summary>Types of events that plan; empty for rules of the calendar.</summary>
    public IReadOnlyList<string> On { get; init; } = [];

    /// <summary>Type of the resources that events must be about; null for rules of the calendar.</summary>
    public string? Resource { get; init; }

    /// <summary>Null for rules of events.</summary>
    public CalendarTrigger? Calendar { get; init; }

    /// <summary>Asked of the resource when planned and when due; null: always.</summary>
    public RuleExpression? When { get; init; }

    /// <summary>Asked of the patient as the record knows them; null: everybody.</summary>
    public RuleExpression? Patient { get; init; }

    /// <summary>The steps of the rule. One for rules of the calendar.</summary>
    public IReadOnlyList<DueTime> Due { get; init; } = [];

    public required AllowedTimes Allowed { get; init; }

    public EpisodeKind Per { get; init; }

    /// <summary>For <see cref="EpisodeKind.Path"/>.</summary>
    public RuleExpression? PerPath { get; init; }

    /// <summary>Episodes of <see cref="EpisodeKind.Path"/> are the same whichever patient they come of, e.g. those of a referring partner.</summary>
    public bool AcrossPatients { get; init; }

    /// <summary>A new episode takes the place of the patient's earlier ones.</summary>
    public bool Restart { get; init; }

    /// <summary>Must hold of the record for the rule to hit.</summary>
    public IReadOnlyList<RecordCondition> Need { get; init; } = [];

    public IReadOnlyList<StopEvent> StopEvents { get; init; } = [];

    /// <summary>Make the work needless when they hold.</summary>
    public IReadOnlyList<RecordCondition> StopRecords { get; init; } = [];

    /// <summary>The patient's death leaves the work as it is.</summary>
    public bool AfterDeath { get; init; }

    public FollowUpMode Mode { get; init; }

    /// <summary>patient, contact, staff, institution.</summary>
    public IReadOnlyList<string> Audience { get; init; } = [];

    /// <summary>In the order they are tried: sms, wechat, phone …</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Work-list that it stands on.</summary>
    public required string Team { get; init; }

    /// <summary>Gives the person it is for, e.g. the attending doctor; null: nobody in particular.</summary>
    public RuleExpression? Owner { get; init; }

    /// <summary>Gives the department it belongs to; null: none.</summary>
    public RuleExpression? Department { get; init; }

    public int MaxAttempts { get; init; } = 3;

    public CalendarSpan RetryAfter { get; init; } = new(1, SpanUnit.Day);

    /// <summary>In order of time; the first says when the work is overdue.</summary>
    public IReadOnlyList<Escalation> Escalate { get; init; } = [];

    public required CatchUp CatchUp { get; init; }

    /// <summary>Taking the work up is the acknowledgement that stops escalation; else it has to be ended.</summary>
    public bool AcknowledgedByClaim { get; init; }

    /// <summary>Out of a hundred episodes, so many are hit; which ones is a property of the episode.</summary>
    public int Sample { get; init; } = 100;

    /// <summary>False: sent by itself and at its own time, whatever else is due that day.</summary>
    public bool Bundle { get; init; } = true;

    /// <summary>When work is done, the next is planned so much later; null: once.</summary>
    public CalendarSpan? Repeat { get; init; }

    /// <summary>How far from its due time work may be done before it deviates from the protocol; null: it is no protocol.</summary>
    public CalendarSpan? Tolerance { get; init; }

    /// <summary>What the rule judges its hits to be, told outside; null: nothing but due work.</summary>
    public JudgedEvent? Raises { get; init; }

    /// <summary>Name of the message template; null: the rule's own name.</summary>
    public string? Template { get; init; }

    /// <summary>Canonical of the questionnaire that is asked; null: none.</summary>
    public string? Questionnaire { get; init; }
}
