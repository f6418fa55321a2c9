using System.Net.Http.Headers;

namespace Integration.Core.Diagnostics;

/// <summary>Pauses between tries: doubled each time up to a longest one, with jitter so that many do not come at once. Pure.</summary>
public static class Backoff
{
    private const int MostDoublings = 30;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The pause before trying a partner again: one second, doubled, half of it left to chance.</summary>
    /// <param name="failures">Failed tries in a row, at least 1.</param>
    /// <param name="longest">No pause is longer; a shorter one than a second holds for all.</param>
    /// <param name="random">From 0 to 1: half of the pause is left to it.</param>
    public static TimeSpan PauseAfter(int failures, TimeSpan longest, double random) =>
        Shorten(Doubled(First, failures - 1, longest), 0.5, 1 - random);

    /// <summary>The pause doubled so many times, at most <paramref name="longest"/>.</summary>
    public static TimeSpan Doubled(TimeSpan pause, int times, TimeSpan longest) =>
        times > MostDoublings || pause.Ticks > longest.Ticks >> times ? longest : pause * (1 << times);

    /// <summary>Up to a part of the pause shorter, so that the longest holds whatever the chance.</summary>
    /// <param name="part">0 to 1.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan Shorten(TimeSpan pause, double part, double chance) => pause * (1 - (part * chance));

    /// <summary>The pause that an answer asks for by <c>Retry-After</c>, in seconds or as a date (RFC 9110 §10.2.3). Zero where the date is over, null where it asks for none.</summary>
    /// <param name="retryAfter">The header; null when it was not sent.</param>
    /// <param name="now">UTC.</param>
    public static TimeSpan? Asked(RetryConditionHeaderValue? retryAfter, DateTimeOffset now) =>
        retryAfter?.Delta ?? (retryAfter?.Date is { } date ? date > now ? date - now : TimeSpan.Zero : null);
}
