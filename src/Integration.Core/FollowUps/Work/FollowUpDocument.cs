using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Integration.Core.FollowUps.Rules;

namespace Integration.Core.FollowUps.Work;

/// <summary>Where a piece of due work is in its life. <see cref="FollowUpLifecycle"/> says what may follow what.</summary>
public enum FollowUpState
{
    /// <summary>Not due yet.</summary>
    Planned,

    /// <summary>A person has to act.</summary>
    Due,

    /// <summary>A person took it.</summary>
    Claimed,

    /// <summary>Tried without success; it comes back.</summary>
    Attempted,

    Done,

    /// <summary>The patient does not want it.</summary>
    Refused,

    /// <summary>The patient could not be reached (失访).</summary>
    Lost,

    /// <summary>Nobody needs it any more.</summary>
    Cancelled,

    /// <summary>It cannot be carried out as its rule is written.</summary>
    Dead,
}

/// <summary>A document of <c>followUps</c>: one piece of due work and its life. The business key is its id, see <see cref="IdOf"/>.</summary>
public sealed record FollowUpDocument
{
    public required string Id { get; init; }

    /// <summary>Name of the rule.</summary>
    public required string Rule { get; init; }

    /// <summary>Version of the rule that planned it.</summary>
    public required string RuleVersion { get; init; }

    /// <summary>Which of the rule's due times, from 0; rises with every repetition.</summary>
    public required int Step { get; init; }

    /// <summary>Golden record that it is about.</summary>
    public required string PatientId { get; init; }

    /// <summary>What makes two hits of the rule one, e.g. <c>Appointment/123</c>.</summary>
    public required string Episode { get; init; }

    /// <summary><c>Type/id</c> of the resource that it is for; null when a day of the calendar brought it.</summary>
    public string? Subject { get; init; }

    /// <summary>When the event happened that brought it (UTC).</summary>
    public required DateTimeOffset Trigger { get; init; }

    /// <summary>What its due time is counted from (UTC).</summary>
    public required DateTimeOffset Anchor { get; init; }

    /// <summary>When it is due (UTC).</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the engine looks at it again: to make it due, to bring it back, to escalate. Null: never.</summary>
    public DateTimeOffset? NextAt { get; init; }

    public FollowUpState State { get; init; }

    /// <summary>Why it is in that state, one of <see cref="FollowUpReasons"/>; null where the state says all.</summary>
    public string? Reason { get; init; }

    public FollowUpMode Mode { get; init; }

    public ContactCategory Category { get; init; }

    /// <summary>Work-list that it stands on.</summary>
    public required string Team { get; init; }

    /// <summary>Whom it was meant for, as the source names the person; null: nobody in particular.</summary>
    public string? Owner { get; init; }

    /// <summary>Department that it belongs to; null: none.</summary>
    public string? Department { get; init; }

    /// <summary>Who works on it; null: nobody yet.</summary>
    public string? Assignee { get; init; }

    /// <summary>When it became due (UTC); null: not yet.</summary>
    public DateTimeOffset? DueSince { get; init; }

    /// <summary>How many escalations were told.</summary>
    public int Level { get; init; }

    public IReadOnlyList<FollowUpAttempt> Attempts { get; init; } = [];

    public IReadOnlyList<FollowUpComment> Comments { get; init; } = [];

    /// <summary>How it ended; null while it is open, or when nobody said.</summary>
    public FollowUpOutcome? Outcome { get; init; }

    /// <summary>When it left the open states (UTC).</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Id of the work in whose message it was told; null: in its own, or none.</summary>
    public string? BundledInto { get; init; }

    /// <summary>Id of the message, or name of the job, that planned it.</summary>
    public required string Cause { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Rule and episode: the work that a new hit of the rule is compared with.</summary>
    [JsonIgnore]
    public string Plan => PlanOf(Rule, Episode);

    [JsonIgnore]
    public bool IsOpen => FollowUpLifecycle.IsOpen(State);

    /// <summary>Closed before its first escalation was told.</summary>
    [JsonIgnore]
    public bool IsInTime => Level == 0;

    /// <summary>Work that is not due yet, as its rule says.</summary>
    /// <param name="anchor">What <paramref name="due"/> is counted from; both UTC.</param>
    public static FollowUpDocument Planned(
        FollowUpRule rule, string patientId, string episode, int step, DateTimeOffset anchor, DateTimeOffset due, string cause, DateTimeOffset now) => new()
        {
            Id = IdOf(patientId, rule.Name, episode, step, due),
            Rule = rule.Name,
            RuleVersion = rule.Version,
            Step = step,
            PatientId = patientId,
            Episode = episode,
            Trigger = anchor,
            Anchor = anchor,
            DueAt = due,
            NextAt = due,
            Mode = rule.Mode,
            Category = rule.Category,
            Team = rule.Team,
            Cause = cause,
            Created = now,
        };

    /// <summary>The same work after its rule was changed.</summary>
    internal FollowUpDocument Under(FollowUpRule rule) => this with { RuleVersion = rule.Version, Mode = rule.Mode, Category = rule.Category, Team = rule.Team };

    internal static string PlanOf(string rule, string episode)
    {
        var plan = $"{rule}|{episode}";
        return plan.Length <= 180 ? plan : $"{rule}|{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(episode)))}";
    }

    /// <summary>The business key: one patient, rule, episode, step and due time are one piece of work, whatever happens twice. 32 hex digits.</summary>
    public static string IdOf(string patientId, string rule, string episode, int step, DateTimeOffset due) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{patientId}\n{rule}\n{episode}\n{step}\n{due.UtcDateTime:O}"))).AsSpan(0, 16));

    /// <summary>Names the document and shows nothing of it: it may end in a log.</summary>
    public override string ToString() => Id;
}

/// <summary>One try to reach somebody.</summary>
/// <param name="Result">As the caller names it, e.g. <c>noAnswer</c>.</param>
/// <param name="Reached">Somebody was spoken to.</param>
public sealed record FollowUpAttempt(DateTimeOffset Time, string By, string Result, bool Reached, string Note)
{
    /// <summary>Channel by which the engine wrote to the patient; null: a person tried.</summary>
    public string? Channel { get; init; }
}

/// <summary>What somebody wrote about it.</summary>
public sealed record FollowUpComment(DateTimeOffset Time, string By, string Text);

/// <summary>How it ended.</summary>
/// <param name="Answers">Answers to the questionnaire; null: none.</param>
public sealed record FollowUpOutcome(DateTimeOffset Time, string By, string Note, JsonObject? Answers)
{
    /// <summary><c>QuestionnaireResponse/id</c> of the record that the answers are; null: there is none.</summary>
    public string? Response { get; init; }
}

/// <summary>Words of <see cref="FollowUpDocument.Reason"/>.</summary>
public static class FollowUpReasons
{
    /// <summary>The engine told the patient.</summary>
    public const string Sent = "sent";

    /// <summary>It was told in another's message.</summary>
    public const string Bundled = "bundled";

    /// <summary>A stop condition came about.</summary>
    public const string Stopped = "stopped";

    /// <summary>The rule's condition holds no longer.</summary>
    public const string ConditionGone = "conditionGone";

    /// <summary>What it needs of the record is not there.</summary>
    public const string NotNeeded = "notNeeded";

    /// <summary>It is due at another time.</summary>
    public const string Moved = "moved";

    /// <summary>A later episode took its place.</summary>
    public const string Superseded = "superseded";

    public const string Deceased = "deceased";

    /// <summary>The patient does not want to be contacted.</summary>
    public const string OptedOut = "optedOut";

    /// <summary>The patient has not agreed to marketing.</summary>
    public const string NoConsent = "noConsent";

    /// <summary>The resource, or the patient, is no longer in the record.</summary>
    public const string RecordGone = "recordGone";

    /// <summary>The rule is gone or not enabled.</summary>
    public const string RuleGone = "ruleGone";

    /// <summary>Its time passed while the engine did not run, and the rule says skip.</summary>
    public const string Missed = "missed";

    /// <summary>Later than the rule remembers.</summary>
    public const string TooLate = "tooLate";

    /// <summary>It came late, and the rule asks a person.</summary>
    public const string Late = "late";

    /// <summary>No message arrived on any channel, so a person has to do it.</summary>
    public const string NotReached = "notReached";

    /// <summary>A person decided so.</summary>
    public const string Person = "person";

    /// <summary>As many tries as the rule has.</summary>
    public const string AttemptsUsedUp = "attemptsUsedUp";

    /// <summary>An expression of the rule failed on the resource.</summary>
    public const string RuleFailed = "ruleFailed";

    /// <summary>What the engine cancelled by itself; a person's decisions stay.</summary>
    internal static bool MayReturn(string? reason) => reason is Stopped or ConditionGone or NotNeeded or Moved or RecordGone;
}
