namespace Integration.Core.FollowUps.Planning;

/// <summary>A document of <c>calendarProgress</c>: how far the days of a rule have been planned.</summary>
/// <param name="Id">Name of the rule.</param>
/// <param name="RuleVersion">Version of the rule that planned them.</param>
/// <param name="Day">The last day that was planned, by the hospital's calendar.</param>
public sealed record CalendarProgress(string Id, string RuleVersion, DateOnly Day);
