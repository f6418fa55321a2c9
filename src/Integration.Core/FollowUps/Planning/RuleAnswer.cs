namespace Integration.Core.FollowUps.Planning;

/// <summary>What a rule says of a resource.</summary>
/// <param name="Reason">Why it does not hit, one of <c>FollowUpReasons</c>; null: it hits.</param>
/// <param name="Episode">What makes two hits one; null when the rule does not hit and it needs a due time to tell.</param>
/// <param name="Steps">In order of the rule; empty when it does not hit.</param>
public sealed record RuleAnswer(string? Reason, string? Episode, IReadOnlyList<DueStep> Steps)
{
    /// <summary>Whom it is meant for; null: nobody in particular.</summary>
    public string? Owner { get; init; }

    /// <summary>Department that it belongs to; null: none.</summary>
    public string? Department { get; init; }
}

/// <summary>One due time of a hit.</summary>
/// <param name="Anchor">What it is counted from (UTC).</param>
/// <param name="Due">Within the rule's window (UTC).</param>
public sealed record DueStep(int Number, DateTimeOffset Anchor, DateTimeOffset Due);
