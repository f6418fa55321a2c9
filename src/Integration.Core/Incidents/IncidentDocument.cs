using Integration.Core.Storage;

namespace Integration.Core.Incidents;

/// <summary>Where an incident stands.</summary>
public enum IncidentState
{
    Open,
    Recovered,
}

/// <summary>What people read about an incident, in one language. No patient data.</summary>
/// <param name="Title">What kind of thing it is.</param>
/// <param name="Text">What happened to what.</param>
/// <param name="Remedy">What to do.</param>
public sealed record IncidentText(string Title, string Text, string Remedy);

/// <summary>Somebody's decision about an incident.</summary>
/// <param name="Actor">Name of the API key, or of the console session.</param>
/// <param name="Until">Of a mute: when it ends (UTC); null of an acknowledgement.</param>
public sealed record IncidentDecision(string Actor, string Reason, DateTimeOffset Time, DateTimeOffset? Until = null);

/// <summary>
/// A document of <c>incidents</c>: one thing that went wrong, from its beginning to its end. Of a kind and subject at most one is open
/// (<see cref="OpenKey"/>); what comes and goes meanwhile counts into it.
/// </summary>
public sealed record IncidentDocument
{
    /// <summary>Grows with time.</summary>
    public required string Id { get; init; }

    public required IncidentKind Kind { get; init; }

    /// <summary><c>feeds/NAME</c>, <c>destinations/NAME</c>, <c>store</c> or <c>engine</c>.</summary>
    public required string Subject { get; init; }

    public required IncidentState State { get; init; }

    /// <summary>When the trouble began (UTC), which is before the incident was opened.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the incident was opened (UTC).</summary>
    public required DateTimeOffset Opened { get; init; }

    /// <summary>When the trouble was last seen and written down (UTC).</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>When the trouble ended (UTC); null while it is open.</summary>
    public DateTimeOffset? Recovered { get; init; }

    /// <summary>How many times the trouble began since <see cref="Since"/>, 1 where it never went away between.</summary>
    public required int Occurrences { get; init; }

    /// <summary>How many times it was told: its opening and each repeat. 0 while it is muted from the start.</summary>
    public int Notices { get; init; }

    /// <summary>When it was last told (UTC); null when it never was.</summary>
    public DateTimeOffset? LastNotice { get; init; }

    /// <summary>It was repeated so often that the next level should hear of it.</summary>
    public bool IsEscalated { get; init; }

    /// <summary>Somebody works on it: it is not repeated. Null when nobody said so.</summary>
    public IncidentDecision? Acknowledged { get; init; }

    /// <summary>Nothing is told of it, nor of the next one of its kind and subject, until that time. Null when nobody said so.</summary>
    public IncidentDecision? Muted { get; init; }

    /// <summary>English.</summary>
    public required IncidentText En { get; init; }

    /// <summary>Simplified Chinese.</summary>
    public required IncidentText Zh { get; init; }

    /// <summary>Figures for programs, e.g. <c>waiting</c>; as text. Empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Unique while it is open; null afterwards.</summary>
    internal string? OpenKey => State == IncidentState.Open ? KeyOf(Kind, Subject) : null;

    /// <summary>Sorts open ones before recovered ones, the newest first when descending.</summary>
    internal long Order => (State == IncidentState.Open ? OpenBase : 0) + Microseconds.Of(Since);

    /// <summary>The least <see cref="Order"/> of an open one: behind every microsecond until the year 31,000.</summary>
    internal const long OpenBase = 1L << 60;

    internal static string KeyOf(IncidentKind kind, string subject) => $"{kind}|{subject}";

    internal bool IsMutedAt(DateTimeOffset now) => Muted?.Until > now;
}
