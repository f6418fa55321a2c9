using Integration.Core.Diagnostics;

namespace Integration.Core.Delivery;

/// <summary>How long to wait before the next attempt. Pure but for the chance in it, which is given.</summary>
public static class RetryPolicy
{
    /// <param name="failures">Attempts that failed so far, at least 1.</param>
    /// <param name="chance">0 to below 1.</param>
    /// <returns>First, doubled for each further failure, at most Max; made up to <see cref="RetryOptions.Jitter"/> of it shorter by chance.</returns>
    public static TimeSpan PauseAfter(int failures, RetryOptions options, double chance) =>
        Backoff.Shorten(Backoff.Doubled(options.First, failures - 1, options.Max), options.Jitter, chance);
}
