namespace Integration.Core.Vitals.Limits;

/// <summary>Where one vital sign of one person stands.</summary>
/// <param name="Side"><c>high</c> or <c>low</c> while it is out of limits; null: it is within.</param>
/// <param name="Last">Time of the newest reading that was looked at (UTC): older ones and repeats change nothing.</param>
public sealed record LimitState(string? Side, DateTimeOffset Last)
{
    /// <summary>Value above the upper limit.</summary>
    public const string High = "high";

    /// <summary>Value below the lower limit.</summary>
    public const string Low = "low";

    /// <summary>Nothing was read yet.</summary>
    public static readonly LimitState Unknown = new(null, DateTimeOffset.MinValue);

    /// <summary>Where a run of readings points that is not long enough yet: <c>high</c>, <c>low</c>, or <c>back</c>; null: there is none.</summary>
    public string? Pending { get; init; }

    /// <summary>Readings of that run.</summary>
    public int Run { get; init; }

    /// <summary>Time of its first (UTC).</summary>
    public DateTimeOffset? RunSince { get; init; }

    /// <summary>Since when it is out of limits (UTC); null while it is within.</summary>
    public DateTimeOffset? OutSince { get; init; }
}

/// <summary>What a reading changed.</summary>
/// <param name="IsOut">It went out of limits; false: it came back.</param>
/// <param name="Side">Of which limit.</param>
/// <param name="Limit">That limit; null when the limit was taken away while the sign was out of it.</param>
public sealed record LimitEvent(bool IsOut, string Side, decimal? Limit);
