using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Polling;

/// <summary>The source cannot be used now. The message is one line for an operator that says what to do; it holds no patient data.</summary>
internal class SourceException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>When a feed asks.</summary>
/// <param name="Every">Time between two rounds.</param>
/// <param name="IsScheduled">Rounds begin at set times, which the engine keeps; <paramref name="Every"/> is then only the longest pause behind one that failed.</param>
/// <param name="WakeUps">What begins a round before the pause is over; null: nothing does.</param>
internal sealed record PollTimes(TimeSpan Every, bool IsScheduled, FeedWakeUps? WakeUps)
{
    public override string ToString() => IsScheduled ? "on schedule" : $"every {Every}";
}

/// <summary>
/// Asks a source round after round. A round that fails is told of once, as a notice of the feed that stays until one succeeds, and is tried again at growing
/// distances. Safe for many threads.
/// </summary>
/// <param name="source">What it is called in notices, e.g. <c>the archive</c>.</param>
/// <param name="round">
/// Throws <see cref="SourceException"/> or <see cref="StoreUnavailableException"/> when it cannot be carried out; the next one goes on where it ended.
/// </param>
/// <param name="call">Waits for the source itself to say that there is something; null: it says nothing.</param>
internal sealed partial class PollLoop(
    string feed, string source, PollTimes times, Func<CancellationToken, Task> round, TimeProvider time, ILogger logger, Func<CancellationToken, Task>? call = null)
    : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly FeedWakeUps _wakeUps = times.WakeUps ?? new FeedWakeUps();
    private readonly CancellationTokenSource _stop = new();
    private volatile LinkStatus _link = new(LinkStatus.Connecting, time.GetUtcNow(), null);
    private volatile FeedNotice? _notice;
    private int _failures;
    private Task _asking = Task.CompletedTask;

    /// <summary>What the operator should know; null: all is well.</summary>
    public FeedNotice? Notice => _notice;

    public LinkStatus Link => _link;

    public void Start() => _asking = Task.Run(AskAsync, CancellationToken.None);

    /// <summary>Ends the round at its next safe place.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stop.Dispose();
    }

    /// <summary>One round, as the loop does it.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await round(stop);
            Settle();
        }
        catch (SourceException e)
        {
            Tell(FeedNoticeLevel.Fault, e.Message);
        }
        catch (StoreUnavailableException e)
        {
            Tell(FeedNoticeLevel.Warning, $"The store cannot take anything now: {e.Message} It is asked for again.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Ours: the trace once, then a notice until it is over.
            if (_notice is null)
            {
                LogFailed(e, feed, source);
            }

            Tell(FeedNoticeLevel.Fault, $"Asking {source} failed ({e.GetType().Name}). Please report it with the end of the log file.");
        }
    }

    private async Task AskAsync()
    {
        try
        {
            while (true)
            {
                await RunAsync(_stop.Token);
                await RestAsync(
                    _notice is not null ? Backoff.Doubled(FirstPause, _failures - 1, times.Every < LongestPause ? times.Every : LongestPause)
                    : times.IsScheduled ? Timeout.InfiniteTimeSpan
                    : times.Every);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopping: the next start goes on from the last place written down.
        }
    }

    /// <summary>Returns when the next round is due, or was called for.</summary>
    private async Task RestAsync(TimeSpan pause)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var due = _wakeUps.WaitAsync(feed, pause, time, rest.Token);
        await Task.WhenAny(call is null ? [due] : [due, call(rest.Token)]);
        await rest.CancelAsync();
        _stop.Token.ThrowIfCancellationRequested();
    }

    private void Tell(FeedNoticeLevel level, string text)
    {
        _failures++;
        var notice = new FeedNotice(level, text);
        if (_notice != notice)
        {
            _notice = notice;
            LogNoticed(feed, text);
        }

        if (level == FeedNoticeLevel.Fault)
        {
            _link = new LinkStatus(LinkStatus.Connecting, _link.State == LinkStatus.Connecting ? _link.Since : time.GetUtcNow(), text);
        }
    }

    private void Settle()
    {
        _failures = 0;
        if (_link.State != LinkStatus.Connected)
        {
            _link = new LinkStatus(LinkStatus.Connected, time.GetUtcNow(), null);
        }

        if (_notice is { } settled)
        {
            _notice = null;
            LogSettled(feed, settled.Text);
        }
    }

    [LoggerMessage(1691, LogLevel.Warning, "Feed {Feed}: {Notice}")]
    private partial void LogNoticed(string feed, string notice);

    [LoggerMessage(1692, LogLevel.Information, "Feed {Feed}: settled: {Notice}")]
    private partial void LogSettled(string feed, string notice);

    [LoggerMessage(1693, LogLevel.Error, "Feed {Feed}: asking {Source} failed; trying again.")]
    private partial void LogFailed(Exception exception, string feed, string source);
}
