namespace Integration.Core.Delivery;

/// <summary>How long to wait before the next attempt. Pure but for the chance in it, which is given.</summary>
public static class RetryPolicy
{
    private const int MostDoublings = 30;

    /// <param name="failures">Attempts that failed so far, at least 1.</param>
    /// <param name="chance">0 to below 1.</param>
    /// <returns>First, doubled for each further failure, at most Max; made up to <see cref="RetryOptions.Jitter"/> of it shorter by chance.</returns>
    public static TimeSpan PauseAfter(int failures, RetryOptions options, double chance) =>
        Shorten(Doubled(options.First, failures - 1, options.Max), options.Jitter, chance);

    /// <summary>The pause doubled so many times, at most <paramref name="most"/>.</summary>
    public static TimeSpan Doubled(TimeSpan pause, int times, TimeSpan most) =>
        times > MostDoublings || pause.Ticks > most.Ticks >> times ? most : pause * (1 << times);

    /// <summary>Up to a part of the pause shorter, so that Max holds whatever the chance.</summary>
    public static TimeSpan Shorten(TimeSpan pause, double jitter, double chance) => pause * (1 - (jitter * chance));
}
