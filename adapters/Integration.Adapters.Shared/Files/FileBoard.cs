using Integration.Core.Feeds;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Files;

/// <summary>What operators see of a feed that picks up files: counts, and notices that are logged when they come and go, not at every look.</summary>
/// <remarks>Written by the pick-up, read by any thread.</remarks>
internal sealed class FileBoard(string feed, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FeedNotice> _notices = new(StringComparer.Ordinal);
    private FeedFiles _files = new(0, 0, 0, 0, 0, null, null, null);

    public IReadOnlyList<FeedNotice> Notices
    {
        get
        {
            lock (_lock)
            {
                return [.. _notices.Values];
            }
        }
    }

    public FeedFiles Files
    {
        get
        {
            lock (_lock)
            {
                return _files;
            }
        }
    }

    /// <summary>Reads what the ledger knows; called once, before the first file.</summary>
    public async Task LoadAsync(FileLedger ledger, CancellationToken cancellationToken)
    {
        var counts = await ledger.CountAsync(feed, cancellationToken);
        var last = (await ledger.SearchAsync(feed, state: null, limit: 1, after: null, cancellationToken)).Files.FirstOrDefault();
        lock (_lock)
        {
            _files = new FeedFiles(
                0, counts.GetValueOrDefault(FileState.Done), counts.GetValueOrDefault(FileState.Flagged), counts.GetValueOrDefault(FileState.Failed), 0,
                last?.Name, last?.Finished ?? last?.Began, last?.State);
        }
    }

    public void Waiting(int files)
    {
        lock (_lock)
        {
            _files = _files with { Waiting = files };
        }
    }

    /// <param name="before">See <see cref="FileOutcome.Decided"/>: content that was counted before is counted anew.</param>
    public void Decided(FileDocument entry, FileState? before)
    {
        lock (_lock)
        {
            _files = _files with
            {
                Done = _files.Done + Change(FileState.Done),
                Flagged = _files.Flagged + Change(FileState.Flagged),
                Failed = _files.Failed + Change(FileState.Failed),
                LastName = entry.Name,
                LastTaken = entry.Finished,
                LastState = entry.State,
            };
        }

        int Change(FileState state) => (entry.State == state ? 1 : 0) - (before == state ? 1 : 0);
    }

    public void Copied()
    {
        lock (_lock)
        {
            _files = _files with { Copies = _files.Copies + 1 };
        }
    }

    /// <summary>Shows a notice until it is settled; logs it when it is new.</summary>
    /// <param name="topic">What it is about; a topic has one notice.</param>
    public void Notice(string topic, FeedNoticeLevel level, string text)
    {
        var notice = new FeedNotice(level, text);
        lock (_lock)
        {
            if (_notices.TryGetValue(topic, out var before) && before == notice)
            {
                return;
            }

            _notices[topic] = notice;
        }

        FileLog.Noticed(logger, feed, text);
    }

    public void Settle(string topic)
    {
        FeedNotice? settled;
        lock (_lock)
        {
            if (!_notices.Remove(topic, out settled))
            {
                return;
            }
        }

        FileLog.Settled(logger, feed, settled.Text);
    }
}
