namespace Integration.Core.FollowUps.Work;

/// <summary>A question for due work. All parts that are set must hold.</summary>
/// <param name="Overdue">Only what was told overdue and is still open.</param>
/// <param name="DueFrom">Due at or after (UTC).</param>
/// <param name="DueBelow">Due before (UTC).</param>
/// <param name="Limit">1 to 500.</param>
/// <param name="After">Token of the page before; null: the first.</param>
public sealed record FollowUpSearch(
    string? Assignee = null, string? Owner = null, string? Team = null, string? Department = null, string? PatientId = null, string? Rule = null,
    FollowUpState? State = null, bool Overdue = false, DateTimeOffset? DueFrom = null, DateTimeOffset? DueBelow = null, int Limit = 50, string? After = null);

/// <summary>One page of due work, soonest due first.</summary>
/// <param name="Next">Token of the next page; null when this is the last.</param>
public sealed record FollowUpPage(IReadOnlyList<FollowUpDocument> Items, string? Next);

/// <summary>Figures of what was due in a period, for managers.</summary>
/// <param name="Key">Rule, team or department, as asked for; empty where the work has none.</param>
/// <param name="Total">All work that was due, but cancelled work.</param>
/// <param name="InTime">Done before it was overdue.</param>
/// <param name="Reached">Of those that ended, somebody was spoken to or told.</param>
public sealed record FollowUpFigures(string Key, long Total, long Open, long Overdue, long Done, long InTime, long Refused, long Lost, long Cancelled, long Reached)
{
    /// <summary>Done of all that was due (随访率); null when nothing was.</summary>
    public double? Rate => Part(Done, Total);

    /// <summary>Done in time of all that was done (及时率); null when nothing was.</summary>
    public double? Timeliness => Part(InTime, Done);

    /// <summary>Reached of all that ended (有效率); null when nothing did.</summary>
    public double? Reach => Part(Reached, Done + Refused + Lost);

    private static double? Part(long part, long whole) => whole == 0 ? null : Math.Round((double)part / whole, 4);
}
