namespace Integration.Core.FollowUps.Rules;

/// <summary>An event that makes open work of a rule needless.</summary>
/// <param name="Events">Types of events.</param>
/// <param name="When">Further condition on the resource that the event is about; null: none.</param>
/// <param name="OfPatient">Any of the patient's such events counts; false: only one about the resource, or the episode, that the work is for.</param>
public sealed record StopEvent(IReadOnlyList<string> Events, RuleExpression? When, bool OfPatient);

/// <summary>A question to the patient's record.</summary>
/// <param name="Resource">FHIR resource type.</param>
/// <param name="Where">Which of them count; null: all.</param>
/// <param name="Same">Its values on the resource and on the one that the work is for must have one in common; null: any.</param>
/// <param name="Since">Only those that apply at or after this long before the anchor; null: at or after the anchor.</param>
/// <param name="Until">Only those that apply until this long after the anchor; null: without end.</param>
/// <param name="AtLeast">How many make the answer yes.</param>
public sealed record RecordCondition(
    string Resource, RuleExpression? Where, RuleExpression? Same, CalendarSpan? Since, CalendarSpan? Until, int AtLeast);

/// <summary>What becomes of due work that was not taken up in time, because the engine did not run or the fact came late.</summary>
/// <param name="Within">So much later it is still in time.</param>
/// <param name="Forget">What is later than this is not planned, and cancelled when it was.</param>
public sealed record CatchUp(CatchUpPolicy Policy, CalendarSpan Within, CalendarSpan Forget);

/// <summary>See <see cref="CatchUp"/>.</summary>
public enum CatchUpPolicy
{
    /// <summary>Done late.</summary>
    Late,

    /// <summary>Left out.</summary>
    Skip,

    /// <summary>A person decides.</summary>
    Ask,
}

/// <summary>Who hears of work that was not taken up.</summary>
/// <param name="After">Counted from when it was due.</param>
/// <param name="To">Team that it goes to; null: it stays where it is, and is told.</param>
public sealed record Escalation(CalendarSpan After, string? To);
