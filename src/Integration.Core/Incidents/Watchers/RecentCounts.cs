namespace Integration.Core.Incidents.Watchers;

/// <summary>How much counters that only grow have grown lately, from look to look. Not for several threads.</summary>
internal sealed class RecentCounts
{
    private readonly Dictionary<string, Queue<(DateTimeOffset At, long In, long Failed)>> _samples = new(StringComparer.Ordinal);

    /// <summary>What came and what failed since at most so long ago; the first look finds nothing.</summary>
    /// <param name="failed">May shrink where failed ones are taken up again: then it counts from there.</param>
    public (long In, long Failed) Add(string name, long received, long failed, TimeSpan over, DateTimeOffset now)
    {
        if (!_samples.TryGetValue(name, out var samples))
        {
            _samples[name] = samples = new();
        }

        while (samples.TryPeek(out var oldest) && (now - oldest.At > over || oldest.Failed > failed || oldest.In > received))
        {
            samples.Dequeue();
        }

        samples.Enqueue((now, received, failed));
        var first = samples.Peek();
        return (received - first.In, failed - first.Failed);
    }
}
