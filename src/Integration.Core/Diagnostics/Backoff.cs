namespace Integration.Core.Diagnostics;

/// <summary>Pauses between tries to reach a partner: doubled each time up to a longest one, with jitter so that many do not come at once.</summary>
public static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <param name="failures">Failed tries in a row, at least 1.</param>
    /// <param name="longest">No pause is longer; a shorter one than a second holds for all.</param>
    /// <param name="random">From 0 to 1: half of the pause is left to it.</param>
    public static TimeSpan PauseAfter(int failures, TimeSpan longest, double random)
    {
        var doubled = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 20));
        var pause = doubled < longest ? doubled : longest;
        return pause * (0.5 + (random / 2));
    }
}
