namespace Integration.Core.Intake;

/// <summary>
/// How many messages of each feed stand in each state. Read from the store once at start, then kept by <see cref="MessageJournal"/>, the
/// only writer of messages; so that the board costs nothing however many messages there are. Safe for many threads.
/// </summary>
public sealed class MessageTally
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long[]> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts of one feed; every state is present.</summary>
    public IReadOnlyDictionary<MessageState, long> Of(string feed)
    {
        lock (_lock)
        {
            var counts = CountsOf(feed);
            return Enum.GetValues<MessageState>().ToDictionary(state => state, state => counts[(int)state]);
        }
    }

    /// <summary>Messages of all feeds in a state.</summary>
    public long Total(MessageState state)
    {
        lock (_lock)
        {
            return _counts.Values.Sum(counts => counts[(int)state]);
        }
    }

    internal void Add(string feed, MessageState state, long count)
    {
        lock (_lock)
        {
            CountsOf(feed)[(int)state] += count;
        }
    }

    internal void Move(string feed, MessageState from, MessageState to)
    {
        lock (_lock)
        {
            var counts = CountsOf(feed);
            counts[(int)from]--;
            counts[(int)to]++;
        }
    }

    private long[] CountsOf(string feed)
    {
        if (!_counts.TryGetValue(feed, out var counts))
        {
            _counts[feed] = counts = new long[Enum.GetValues<MessageState>().Length];
        }

        return counts;
    }
}
