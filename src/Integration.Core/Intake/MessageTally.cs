namespace Integration.Core.Intake;

/// <summary>
/// How many messages came in and how many stand in each state, by feed: the two sides of in = done + waiting + failed + filtered +
/// duplicate. Read from the store once at start, then kept by <see cref="MessageJournal"/>, the only writer of messages; so that the
/// board costs nothing however many messages there are. Safe for many threads.
/// </summary>
/// <remarks>
/// A message is counted when its commit begins and taken back when the commit fails, so that nothing can finish a message that is not
/// counted yet. The two sides are counted apart: a message that is lost or counted twice on the way shows as a difference.
/// </remarks>
public sealed class MessageTally
{
    private static readonly MessageState[] States = Enum.GetValues<MessageState>();

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Counts> _counts = new(StringComparer.Ordinal);

    /// <summary>Counts of one feed; every state is present.</summary>
    public IReadOnlyDictionary<MessageState, long> Of(string feed)
    {
        lock (_lock)
        {
            return CountsOf(feed).ByState();
        }
    }

    /// <summary>Messages of all feeds in a state.</summary>
    public long Total(MessageState state)
    {
        lock (_lock)
        {
            return _counts.Values.Sum(counts => counts.States[(int)state]);
        }
    }

    /// <summary>Every feed that messages came by, at one moment, in ordinal order of name; feeds that are no longer configured too.</summary>
    public IReadOnlyList<MessageBalance> Snapshot()
    {
        lock (_lock)
        {
            return [.. _counts.OrderBy(feed => feed.Key, StringComparer.Ordinal).Select(feed => new MessageBalance(feed.Key, feed.Value.In, feed.Value.ByState()))];
        }
    }

    /// <summary>Messages that the store holds at start.</summary>
    internal void Load(string feed, MessageState state, long count)
    {
        lock (_lock)
        {
            var counts = CountsOf(feed);
            counts.In += count;
            counts.States[(int)state] += count;
        }
    }

    /// <summary>A message comes in.</summary>
    internal void Arrive(string feed, MessageState state) => Load(feed, state, 1);

    /// <summary>The message that came in was not stored after all.</summary>
    internal void TakeBack(string feed, MessageState state) => Load(feed, state, -1);

    /// <summary>Messages that are kept no longer leave both sides.</summary>
    internal void Remove(string feed, MessageState state) => Load(feed, state, -1);

    internal void Move(string feed, MessageState from, MessageState to)
    {
        lock (_lock)
        {
            var counts = CountsOf(feed);
            counts.States[(int)from]--;
            counts.States[(int)to]++;
        }
    }

    private Counts CountsOf(string feed)
    {
        if (!_counts.TryGetValue(feed, out var counts))
        {
            _counts[feed] = counts = new Counts();
        }

        return counts;
    }

    private sealed class Counts
    {
        public long In { get; set; }

        public long[] States { get; } = new long[MessageTally.States.Length];

        public Dictionary<MessageState, long> ByState() => MessageTally.States.ToDictionary(state => state, state => States[(int)state]);
    }
}

/// <summary>What came in by a feed, and where it stands.</summary>
/// <param name="In">Messages that came in and are kept: those that retention removed have left both sides.</param>
/// <param name="Counts">Messages by state; every state is present.</param>
public sealed record MessageBalance(string Feed, long In, IReadOnlyDictionary<MessageState, long> Counts)
{
    /// <summary>What came in less what is accounted for. Not 0: a message is lost (above) or counted twice (below).</summary>
    public long Difference => In - Counts.Values.Sum();

    /// <summary>All feeds together.</summary>
    public static MessageBalance Total(IReadOnlyList<MessageBalance> feeds) => new(
        "", feeds.Sum(feed => feed.In), Enum.GetValues<MessageState>().ToDictionary(state => state, state => feeds.Sum(feed => feed.Counts[state])));
}
