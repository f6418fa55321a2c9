namespace Integration.Core.Incidents.Rhythm;

/// <summary>A document of <c>feedRhythms</c>: when one feed talked in the last eight weeks, in quarters of an hour; see <see cref="FeedRhythm"/>.</summary>
public sealed record FeedRhythmDocument
{
    /// <summary>Name of the feed.</summary>
    public required string Id { get; init; }

    /// <summary>The quarter that runs, counted from 1970 (UTC).</summary>
    public required long Quarter { get; init; }

    /// <summary>Minutes of the running quarter that were watched, and those of them in which it talked.</summary>
    public required int Watched { get; init; }

    public required int Active { get; init; }

    /// <summary>One byte a quarter: minutes in which it talked, 255 where nobody watched. The quarter q stands at q modulo the length.</summary>
    public required byte[] Talk { get; init; }

    /// <summary>One byte a quarter: how unusual the longest silence was that ended in it, in tenths.</summary>
    public required byte[] Silences { get; init; }
}
