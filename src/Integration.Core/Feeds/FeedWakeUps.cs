using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Integration.Core.Feeds;

/// <summary>
/// Where feeds that ask others wait until it is time to ask again, and where who keeps the times (docs/adr/0005) wakes them. A feed that is woken while it asks
/// asks once more. Safe for many threads; one may wait for a feed.
/// </summary>
public sealed class FeedWakeUps
{
    private readonly ConcurrentDictionary<string, Channel<bool>> _calls = new(StringComparer.Ordinal);

    /// <summary>It is time to ask. Waking twice is waking once.</summary>
    public void Wake(string feed) => CallsOf(feed).Writer.TryWrite(true);

    /// <summary>Returns when the feed is woken, or when <paramref name="most"/> is over.</summary>
    /// <param name="most"><see cref="Timeout.InfiniteTimeSpan"/>: only when it is woken.</param>
    /// <exception cref="OperationCanceledException">The feed is stopped.</exception>
    public async Task WaitAsync(string feed, TimeSpan most, TimeProvider time, CancellationToken stop)
    {
        var calls = CallsOf(feed).Reader;
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(Task.Delay(most, time, rest.Token), calls.WaitToReadAsync(rest.Token).AsTask());
        await rest.CancelAsync();
        stop.ThrowIfCancellationRequested();
        calls.TryRead(out _);
    }

    private Channel<bool> CallsOf(string feed) =>
        _calls.GetOrAdd(feed, _ => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
}
