using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Storage;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Files;

/// <summary>A feed of messages out of files. What the files lie on is the source's business, what they hold the format's.</summary>
internal sealed class FilePickupAdapter : IInboundAdapter
{
    private readonly PickupOptions _options;
    private readonly IFileSource _source;
    private readonly FileLedger _ledger;
    private readonly FileBoard _board;
    private readonly FilePickup _pickup;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FeedWakeUps _wakeUps;
    private readonly CancellationTokenSource _stop = new();
    private Task _looking = Task.CompletedTask;

    public FilePickupAdapter(
        string feed, PickupOptions options, IFileSource source, IFileFormat format, FileLedger ledger, TimeProvider time, ILogger logger,
        FeedWakeUps? wakeUps = null)
    {
        Feed = feed;
        _options = options;
        _source = source;
        _ledger = ledger;
        _time = time;
        _logger = logger;
        _wakeUps = wakeUps ?? new FeedWakeUps();
        _board = new FileBoard(feed, logger);
        _pickup = new FilePickup(feed, options, source, new FileIntake(feed, format, ledger, time), ledger, _board, time, logger);
        Description = char.ToUpperInvariant(source.Description[0]) + source.Description[1..] + (options.IsScheduled ? ", on schedule" : "");
    }

    public string Feed { get; }

    public string Description { get; }

    public int? Connections => null;

    public IReadOnlyList<FeedNotice> Notices => _board.Notices;

    public FeedFiles? Files => _board.Files;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _board.LoadAsync(_ledger, cancellationToken);
        FileLog.Looking(_logger, Feed, _source.Description);
        _looking = Task.Run(LookAsync, CancellationToken.None);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _source.DisposeAsync();
    }

    /// <summary>Looks once, as the loop does. For tests, which have a clock of their own.</summary>
    internal Task PollAsync(CancellationToken stop) => _pickup.PollAsync(stop);

    private async Task LookAsync()
    {
        try
        {
            while (true)
            {
                await LookOnceAsync();
                await _wakeUps.WaitAsync(Feed, _options.IsScheduled && _pickup.IsDone ? Timeout.InfiniteTimeSpan : _options.Poll, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            FileLog.Stopped(_logger, Feed, _source.Description);
        }
    }

    private async Task LookOnceAsync()
    {
        const string Topic = "fault";
        try
        {
            await _pickup.PollAsync(_stop.Token);
            _board.Settle(Topic);
        }
        catch (StoreUnavailableException e)
        {
            _board.Notice(Topic, FeedNoticeLevel.Warning, $"The store cannot take files now: {e.Message} They stay where they are.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Ours, or of the source: the trace once, then a notice until it is over.
            if (_board.Notices.All(n => n.Level != FeedNoticeLevel.Fault))
            {
                FileLog.Failed(_logger, e, Feed);
            }

            _board.Notice(Topic, FeedNoticeLevel.Fault, $"Picking up files failed ({e.GetType().Name}). Please report it with the end of the log file.");
        }
    }
}
