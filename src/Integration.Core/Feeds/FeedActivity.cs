using System.Collections.Concurrent;

namespace Integration.Core.Feeds;

/// <summary>Arrivals of the last half hour, by feed, in memory. Safe for many threads; one call per message.</summary>
public sealed class FeedActivity(TimeProvider clock)
{
    /// <summary>Length of the history on the board.</summary>
    public const int Minutes = 30;

    private const int Seconds = 10;

    private readonly ConcurrentDictionary<string, Arrivals> _feeds = new(StringComparer.Ordinal);

    public void Received(string feed) => _feeds.GetOrAdd(feed, _ => new Arrivals()).Add(clock.GetUtcNow());

    /// <summary>When the last message came since this process started; null when none did.</summary>
    public DateTimeOffset? LastReceived(string feed) => _feeds.TryGetValue(feed, out var arrivals) ? arrivals.Last : null;

    /// <summary>Messages in each of the last <see cref="Minutes"/> minutes, oldest first, the running minute last.</summary>
    public IReadOnlyList<int> PerMinute(string feed) =>
        _feeds.TryGetValue(feed, out var arrivals) ? arrivals.ByMinute(clock.GetUtcNow()) : new int[Minutes];

    /// <summary>Messages a second over the last ten seconds.</summary>
    public double PerSecond(string feed) => _feeds.TryGetValue(feed, out var arrivals) ? arrivals.PerSecond(clock.GetUtcNow()) : 0;

    private sealed class Arrivals
    {
        private readonly Lock _lock = new();
        private readonly Window _minutes = new(Minutes, 60);
        private readonly Window _seconds = new(Seconds + 1, 1);

        public DateTimeOffset? Last { get; private set; }

        public void Add(DateTimeOffset now)
        {
            lock (_lock)
            {
                Last = now;
                _minutes.Add(now);
                _seconds.Add(now);
            }
        }

        public int[] ByMinute(DateTimeOffset now)
        {
            lock (_lock)
            {
                return _minutes.Read(now);
            }
        }

        // The running second is left out: it is not over yet.
        public double PerSecond(DateTimeOffset now)
        {
            lock (_lock)
            {
                return _seconds.Read(now)[..Seconds].Sum() / (double)Seconds;
            }
        }
    }

    /// <summary>Counts in the last slots of equal length; a ring that forgets what has scrolled out.</summary>
    private sealed class Window(int slots, int slotSeconds)
    {
        private readonly int[] _counts = new int[slots];
        private long _newest;

        public void Add(DateTimeOffset now)
        {
            Advance(now);
            _counts[_newest % slots]++;
        }

        public int[] Read(DateTimeOffset now)
        {
            Advance(now);
            return [.. Enumerable.Range(1, slots).Select(i => _counts[(_newest + i) % slots])];
        }

        private void Advance(DateTimeOffset now)
        {
            var slot = now.ToUnixTimeSeconds() / slotSeconds;
            for (var passed = Math.Max(_newest + 1, slot - slots + 1); passed <= slot; passed++)
            {
                _counts[passed % slots] = 0;
            }

            _newest = Math.Max(_newest, slot);
        }
    }
}
