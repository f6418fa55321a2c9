using Integration.Core.Intake;
using Integration.Core.Security;

namespace Integration.Core.Feeds;

/// <summary>A document of <c>feeds</c>: what must survive a restart about one feed.</summary>
public sealed record FeedDocument
{
    /// <summary>Name of the feed; <c>feed/part</c> where it goes on part by part, see <see cref="FeedWatermarks"/>.</summary>
    public required string Id { get; init; }

    /// <summary>Where a polling adapter goes on; null for listeners.</summary>
    public string? Watermark { get; init; }

    public DateTimeOffset? LastReceived { get; init; }
}

/// <summary>One feed as ops staff see it now.</summary>
/// <param name="State"><c>running</c>, <c>lowDisk</c> (answers that it takes nothing now), <c>stopped</c>, <c>faulted</c>.</param>
/// <param name="Problem">Why it is faulted or takes nothing, one line; else null.</param>
/// <param name="PerMinute">Messages received in each of the last 30 minutes, oldest first.</param>
/// <param name="Counts">Messages by state. Their sum is everything that came in and that retention has not removed.</param>
/// <param name="OldestWaiting">When the longest waiting message was received; null when none waits.</param>
public sealed record FeedStatus(
    string Name, string Adapter, string Description, string State, string? Problem, int? Connections,
    DateTimeOffset? LastReceived, IReadOnlyList<int> PerMinute, double PerSecond, IReadOnlyDictionary<MessageState, long> Counts,
    DateTimeOffset? OldestWaiting)
{
    /// <summary>What its operator should know now, faults first; empty when all is well.</summary>
    public IReadOnlyList<FeedNotice> Notices { get; init; } = [];

    /// <summary>What it has done with files; null where it takes none.</summary>
    public FeedFiles? Files { get; init; }

    /// <summary>Of a feed that connects out to its source; null for one that listens.</summary>
    public LinkStatus? Link { get; init; }

    /// <summary>Where it stands in its source; null for one that is sent its messages.</summary>
    public FeedPlace? Place { get; init; }

    /// <summary>The certificate in use that ends first; null without TLS.</summary>
    public CertificateStatus? Certificate { get; init; }
}
