namespace Integration.Core.Incidents;

/// <summary>What a look finds.</summary>
public enum Condition
{
    Good,
    Bad,

    /// <summary>Cannot be told now, or does not count now: what is open stays open, and nothing is opened.</summary>
    Unknown,
}

/// <summary>One look of a watcher at one subject.</summary>
/// <param name="Since">When it came into this condition (UTC); null where the source cannot tell: from the first look that finds it.</param>
/// <param name="After">How long it must be bad before an incident is opened.</param>
/// <param name="Facts">Figures for the words.</param>
public sealed record Observation(
    IncidentKind Kind, string Subject, Condition Condition, DateTimeOffset? Since, TimeSpan After, IReadOnlyDictionary<string, string> Facts)
{
    private static readonly IReadOnlyDictionary<string, string> NoFacts = new Dictionary<string, string>();

    public static Observation Good(IncidentKind kind, string subject) => new(kind, subject, Condition.Good, null, TimeSpan.Zero, NoFacts);

    public static Observation Unknown(IncidentKind kind, string subject) => new(kind, subject, Condition.Unknown, null, TimeSpan.Zero, NoFacts);

    public static Observation Bad(
        IncidentKind kind, string subject, DateTimeOffset? since = null, TimeSpan after = default, params (string Name, string Value)[] facts) =>
        new(kind, subject, Condition.Bad, since, after, facts.ToDictionary(fact => fact.Name, fact => fact.Value, StringComparer.Ordinal));

    /// <summary>Bad where it holds, else good.</summary>
    public static Observation Of(bool isBad, IncidentKind kind, string subject, DateTimeOffset? since = null, params (string Name, string Value)[] facts) =>
        isBad ? Bad(kind, subject, since, TimeSpan.Zero, facts) : Good(kind, subject);
}
