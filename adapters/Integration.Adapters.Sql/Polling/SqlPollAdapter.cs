using Integration.Adapters.Sql.Source;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Reconciliation;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Sql.Polling;

/// <summary>A feed that asks a database, round after round, for what has changed.</summary>
internal sealed partial class SqlPollAdapter : IInboundAdapter, IPlacedFeed
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly SqlPollOptions _options;
    private readonly SqlSource _source;
    private readonly SqlPoller _poller;
    private readonly SqlReconciler _reconciler;
    private readonly SqlFollower? _follower;
    private readonly SqlTotals? _totals;
    private readonly FeedWatermarks _watermarks;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Outage _outage;
    private readonly FeedWakeUps _wakeUps;
    private readonly CancellationTokenSource _stop = new();
    private volatile LinkStatus _link;
    private volatile FeedNotice? _fault;
    private volatile FeedNotice? _account;
    private volatile FeedNotice? _compared;
    private volatile FeedNotice? _day;
    private bool _isChecked;
    private Task _asking = Task.CompletedTask;

    /// <param name="wakeUps">What begins a round before the pause is over; null: nothing does.</param>
    public SqlPollAdapter(
        string feed, SqlPollOptions options, FeedWatermarks watermarks, SourceRowStore rows, IBulkIntake intake, Reconciler reconciler, TimeProvider time, ILoggerFactory loggers,
        FeedWakeUps? wakeUps = null)
    {
        Feed = feed;
        _options = options;
        _watermarks = watermarks;
        _time = time;
        _logger = loggers.CreateLogger<SqlPollAdapter>();
        _outage = new Outage(time);
        _wakeUps = wakeUps ?? new FeedWakeUps();
        _link = new LinkStatus(LinkStatus.Connecting, time.GetUtcNow(), null);
        _source = new SqlSource(options.Source);
        var handOver = new SqlHandOver(feed, options, rows, intake, time);
        _poller = new SqlPoller(feed, options, _source, handOver, watermarks, time);
        _reconciler = new SqlReconciler(feed, options, _source, handOver, rows, _poller, time);
        _follower = options.Changes is { } changes ? new SqlFollower(feed, options, changes, _source, handOver, rows, _poller, watermarks, CompareAsync, time) : null;
        _totals = options.Totals is { } totals ? new SqlTotals(feed, totals, options, _source, reconciler, watermarks, time) : null;
        Description = $"{_source.Place}, {options.Message} {(options.IsScheduled ? "on schedule" : $"every {options.Poll}")}";
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => null;

    public IReadOnlyList<FeedNotice> Notices => [.. new[] { _fault, _account, _compared, _day }.OfType<FeedNotice>()];

    public TransportStatus Transport => TransportStatus.None with { Link = _link };

    public FeedPlace? Place => _follower is null ? _poller.Place : _follower.Place;

    public string Part => SqlHandOver.Part;

    public string? ReadWatermark(string text) =>
        _options.Source.Mark is not null && SqlMark.OfText(text, _poller.Mark is { } mark ? SqlMark.Read(mark) : null) is { } value ? SqlMark.Write(value) : null;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _asking = Task.Run(AskAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

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
    /// <returns>Null when it failed.</returns>
    internal Task<SqlRound?> PollAsync(CancellationToken stop) => GuardAsync<SqlRound>(async () =>
    {
        await CheckAccountAsync(stop);
        if (_follower is not null)
        {
            var followed = await _follower.PollAsync(stop);
            if (followed.HadGap)
            {
                LogGap(Feed);
            }

            return followed;
        }

        if (_options.Source.Mark is not null)
        {
            return await _poller.PollAsync(stop);
        }

        var comparison = await CompareAsync(stop);
        return new SqlRound(comparison.Rows, comparison.Missing + comparison.Changed + comparison.Deleted, IsCut: false);
    });

    /// <summary>Compares the whole table with what was handed over, as the loop does it once a day.</summary>
    /// <returns>Null when it failed.</returns>
    internal Task<SqlComparison?> ReconcileAsync(CancellationToken stop) => GuardAsync<SqlComparison>(async () => await CompareAsync(stop));

    /// <summary>Compares what the source counts of the day before with the record, as the loop does it once a day.</summary>
    /// <returns>Null when it failed, or there was nothing to be done.</returns>
    internal Task<ReconciliationDocument?> CompareDayAsync(CancellationToken stop) => GuardAsync<ReconciliationDocument>(async () =>
    {
        if (_totals is null || await _totals.RunAsync(stop) is not { } found)
        {
            return null;
        }

        _day = found.Agrees ? null : new FeedNotice(FeedNoticeLevel.Warning, string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{TimeZoneInfo.ConvertTime(found.From, _options.Zone):yyyy-MM-dd}: the source counts {found.Source.Count} {found.Section}, the record {found.Record.Count}; {found.Missing.Count} are missing. See Reconciliation."));
        if (_day is { } notice)
        {
            LogNoticed(Feed, notice.Text);
        }

        return found;
    });

    private async Task<T?> GuardAsync<T>(Func<Task<T?>> work)
        where T : class
    {
        try
        {
            var done = await work();
            Settle();
            return done;
        }
        catch (SqlSourceException e)
        {
            Fail(e.Message);
        }
        catch (StoreUnavailableException e)
        {
            Fail($"The store cannot take rows now: {e.Message} They are read again.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Ours: the trace once, then a notice until it is over.
            if (_outage.Since is null)
            {
                LogFault(e, Feed);
            }

            Fail($"Reading the database failed ({e.GetType().Name}). Please report it with the end of the log file.");
        }

        return null;
    }

    private async Task AskAsync()
    {
        try
        {
            while (true)
            {
                var round = IsQuiet() ? new SqlRound(0, 0, IsCut: false) : await PollAsync(_stop.Token);
                if (round is not null && !IsQuiet() && await IsReconcileDueAsync(_stop.Token))
                {
                    await ReconcileAsync(_stop.Token);
                    await _watermarks.SetAsync(Feed, ReconcilePart, Today(), CancellationToken.None);
                }

                if (round is { IsCut: false } && !IsQuiet())
                {
                    await CompareDayAsync(_stop.Token);
                }

                await _wakeUps.WaitAsync(Feed, PauseBehind(round), _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopping: the next start goes on from the last place written down.
        }
    }

    /// <summary>Sessions are read-only whatever the account may do; that it may write is said once, since it is a risk to the source all the same.</summary>
    private async Task CheckAccountAsync(CancellationToken stop)
    {
        if (_isChecked || _options.Source.Dialect.WritableTables is not { } question)
        {
            return;
        }

        await using var connection = await _source.OpenAsync(stop);
        var tables = Convert.ToInt64((await _source.ListAsync(connection, new SqlStatement(question, []), stop))[0].Values[0], System.Globalization.CultureInfo.InvariantCulture);
        _account = tables == 0 ? null : new FeedNotice(FeedNoticeLevel.Warning, $"The account may write to {tables} tables. Give this feed one that may only read.");
        if (_account is { } notice)
        {
            LogNoticed(Feed, notice.Text);
        }

        _isChecked = true;
    }

    private async Task<SqlComparison> CompareAsync(CancellationToken stop)
    {
        var comparison = await _reconciler.CompareAsync(stop);
        var text = comparison.Refused > 0
            ? $"{comparison.Refused} rows are gone from the source, more than MaxDeletes allows: none was taken for deleted. Check the query and the table, then raise MaxDeletes for once."
            : comparison.Kept > 0 ? $"{comparison.Kept} rows that are gone from the source stay in the record, since their messages are no longer kept." : null;
        _compared = text is null ? null : new FeedNotice(FeedNoticeLevel.Warning, text);
        if (!comparison.IsEqual)
        {
            LogCompared(Feed, comparison.Rows, comparison.Missing, comparison.Changed, comparison.Deleted, comparison.Refused);
        }

        return comparison;
    }

    private const string ReconcilePart = "reconciled";

    private DateTimeOffset Now() => TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _options.Zone);

    private string Today() => Now().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private bool IsQuiet() => _options.Quiet?.Includes(TimeOnly.FromDateTime(Now().DateTime)) == true;

    private async Task<bool> IsReconcileDueAsync(CancellationToken stop) =>
        _options.Reconcile is { } at && TimeOnly.FromDateTime(Now().DateTime) >= at && await _watermarks.GetAsync(Feed, ReconcilePart, stop) != Today();

    /// <param name="round">Null: it failed.</param>
    private TimeSpan PauseBehind(SqlRound? round) => round switch
    {
        null => Backoff.Doubled(_options.Poll, _outage.Failures, Longest(_options.Poll)),
        { IsCut: false } when _options.IsScheduled => Timeout.InfiniteTimeSpan,
        _ => _options.Poll,
    };

    private static TimeSpan Longest(TimeSpan poll) => poll > LongestPause ? poll : LongestPause;

    private void Fail(string text)
    {
        _fault = new FeedNotice(FeedNoticeLevel.Fault, text);
        _link = new LinkStatus(LinkStatus.Connecting, _link.State == LinkStatus.Connecting ? _link.Since : _time.GetUtcNow(), text);
        if (_outage.Failed(text))
        {
            LogNoticed(Feed, text);
        }
    }

    private void Settle()
    {
        _fault = null;
        if (_link.State != LinkStatus.Connected)
        {
            _link = new LinkStatus(LinkStatus.Connected, _time.GetUtcNow(), null);
        }

        if (_outage.Over() is var (duration, failures))
        {
            LogSettled(Feed, duration, failures);
        }
    }

    [LoggerMessage(1501, LogLevel.Warning, "Feed {Feed}: {Notice}")]
    private partial void LogNoticed(string feed, string notice);

    [LoggerMessage(1502, LogLevel.Information, "Feed {Feed}: the database is read again after {Duration} and {Failures} tries.")]
    private partial void LogSettled(string feed, TimeSpan duration, int failures);

    [LoggerMessage(1503, LogLevel.Error, "Feed {Feed}: reading the database failed; trying again.")]
    private partial void LogFault(Exception exception, string feed);

    [LoggerMessage(1505, LogLevel.Warning, "Feed {Feed}: the database does not have all changes since the last round any more; every row was compared.")]
    private partial void LogGap(string feed);

    [LoggerMessage(1504, LogLevel.Information, "Feed {Feed}: of {Rows} rows {Missing} had not been handed over, {Changed} had changed unseen, {Deleted} were deleted, {Refused} not believed to be.")]
    private partial void LogCompared(string feed, int rows, int missing, int changed, int deleted, int refused);
}
