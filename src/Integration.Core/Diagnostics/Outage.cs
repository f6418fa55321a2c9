namespace Integration.Core.Diagnostics;

/// <summary>
/// One stretch of time in which something could not be reached: tells which of many failures is worth a line in the log, so that a partner that
/// is switched off at night does not fill it. Not for several threads.
/// </summary>
public sealed class Outage(TimeProvider time)
{
    private readonly HashSet<string> _reasons = new(StringComparer.Ordinal);

    /// <summary>When it began; null while all is well.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Failures since it began.</summary>
    public int Failures { get; private set; }

    /// <summary>Counts a failure.</summary>
    /// <returns>True when the reason is new in this outage: log it. The same reason again is only counted.</returns>
    public bool Failed(string reason)
    {
        Since ??= time.GetUtcNow();
        Failures++;
        return _reasons.Add(reason);
    }

    /// <summary>It is over.</summary>
    /// <returns>How long it lasted and how many failures there were, for one line in the log; null when there was none.</returns>
    public (TimeSpan Duration, int Failures)? Over()
    {
        if (Since is not { } since)
        {
            return null;
        }

        var result = (time.GetUtcNow() - since, Failures);
        (Since, Failures) = (null, 0);
        _reasons.Clear();
        return result;
    }
}
