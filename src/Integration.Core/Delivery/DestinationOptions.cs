using Integration.Core.Events;

namespace Integration.Core.Delivery;

/// <summary>What to do with a message that was sent and not answered in time.</summary>
public enum OnTimeout
{
    /// <summary>Send it again with the same control id, after a pause and with more patience. The receiver must know repeats by MSH-10.</summary>
    Retry,

    /// <summary>Move it aside for a person to decide.</summary>
    Fail,
}

/// <summary>Settings that every destination has, section <c>Destinations:NAME</c>. Read and checked by <see cref="DestinationSettings"/>.</summary>
public sealed record DestinationOptions
{
    /// <summary>Key under <c>Destinations</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which changes are told as messages, e.g. <c>ADT_A08</c>, <c>ORU_R01</c>. At least one, for a destination that takes messages.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary>Which events are told: types, <c>appointment.*</c> or <c>*</c>. At least one, for a destination that takes events.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>What of the data of events may be told. Default: plain properties alone.</summary>
    public EventGrants Grants { get; init; } = EventGrants.PlainOnly;

    /// <summary>The <c>source</c> of its events, <c>Events:Source</c>.</summary>
    public string EventSource { get; init; } = CloudEvent.UsualSource;

    /// <summary>Captures what it would send, and sends nothing.</summary>
    public bool Sandbox { get; init; }

    /// <summary>Deliveries of different patients sent at the same time, default 1. More is faster, and asks more of the receiver.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>Most attempts a second, for receivers that take no more, 0 to 10,000; 0 (default): as fast as the receiver answers.</summary>
    public int MaxPerSecond { get; init; }

    /// <summary>Only changes that these feeds brought; empty (default): of all feeds.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>The feed of the same system. Its own changes are not sent back to it. Default: the feed of the destination's name, if there is one.</summary>
    public required string Feed { get; init; }

    /// <summary>Send a system its own changes too. Default false.</summary>
    public bool Echo { get; init; }

    /// <summary>How long to wait for an answer, default 30 s, 1 s to 10 min. Doubled, up to eight times, while the receiver proves slower.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public OnTimeout OnTimeout { get; init; }

    public RetryOptions Retry { get; init; } = new();

    public CircuitBreakerOptions CircuitBreaker { get; init; } = new();

    /// <summary>When the receiver is switched off on purpose. Default: never.</summary>
    public Downtime Downtime { get; init; } = Downtime.None;
}

/// <summary>Pauses between attempts: First, then twice as long each time, up to Max.</summary>
public sealed record RetryOptions
{
    /// <summary>Default 1 s, 10 ms to 1 h.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Default 5 min, at least <see cref="First"/>, at most 1 day.</summary>
    public TimeSpan Max { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>After this time a delivery is moved aside. Default 7 days, 1 min to 365 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Part of each pause that is left to chance, so that many senders do not come back at one moment. Default 0.2, 0 to 1.</summary>
    public double Jitter { get; init; } = 0.2;
}

/// <summary>When a destination counts as away.</summary>
public sealed record CircuitBreakerOptions
{
    /// <summary>Attempts in a row that got no answer; then nothing is sent for a while. Default 3, 1 to 1000.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>How long; then one attempt, and each time it fails twice as long, up to <see cref="RetryOptions.Max"/>. Default 30 s, 10 ms to 1 day.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(30);
}
