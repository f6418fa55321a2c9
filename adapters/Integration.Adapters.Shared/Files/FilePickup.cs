using System.Globalization;
using Integration.Core.Feeds;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Shared.Files;

/// <summary>
/// Picks up files, wherever they lie: lists the folder, waits until a file stands still, takes its content once, and renames it when every
/// message of it is durable. Each look at the folder is one call; nothing that fails stops the next look.
/// </summary>
/// <remarks>Not for many threads.</remarks>
internal sealed class FilePickup(
    string feed, PickupOptions options, IFileSource source, FileIntake intake, FileLedger ledger, FileBoard board, TimeProvider time, ILogger logger)
{
    private const string SourceTopic = "source";
    private const string StoreTopic = "store";
    private const string ReadTopic = "read";
    private const string MoveTopic = "move";

    private readonly FileWatch _watch = new(options.MinAge, time);

    // Decided and not yet moved, by name: only the move is tried again, the content is not read again.
    private readonly Dictionary<string, (SourceFile File, FileDocument Entry, bool IsCopy)> _unmoved = new(StringComparer.Ordinal);

    /// <summary>There was nothing more to wait for at the last look: no file that may still grow, none that could not be taken or moved.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Looks once and takes what is ripe.</summary>
    public async Task PollAsync(CancellationToken stop)
    {
        IsDone = false;
        IReadOnlyList<SourceFile> listing;
        try
        {
            listing = await source.ListAsync(stop);
        }
        catch (FileSourceException e)
        {
            board.Notice(SourceTopic, FeedNoticeLevel.Fault, e.Message);
            return;
        }

        board.Settle(SourceTopic);
        var ripe = _watch.Ripe(listing);
        board.Waiting(_watch.Waiting);
        ForgetWhatIsGone(listing);
        var troubles = new List<string>();
        var unmoved = new List<string>();
        if (ripe.Count == 0)
        {
            board.Settle(StoreTopic);   // what waited for the store is gone
        }

        var isCut = false;
        foreach (var file in InOrder(ripe))
        {
            stop.ThrowIfCancellationRequested();
            if (!await TakeAsync(file, troubles, unmoved, stop))
            {
                isCut = true;
                break;
            }
        }

        IsDone = !isCut && _watch.Waiting == 0 && troubles.Count == 0 && unmoved.Count == 0;

        Show(ReadTopic, troubles, "cannot be read");
        Show(MoveTopic, unmoved, $"cannot be moved out of the folder (to {options.Processed} or {options.Failed}); they are not read again");
    }

    private IEnumerable<SourceFile> InOrder(IReadOnlyList<SourceFile> files) => options.Order == FileOrder.Time
        ? files.OrderBy(f => f.Modified).ThenBy(f => f.Name, StringComparer.Ordinal)
        : files.OrderBy(f => f.Name, StringComparer.Ordinal);

    /// <returns>False when there is no use in going on to the next file now.</returns>
    private async Task<bool> TakeAsync(SourceFile file, List<string> troubles, List<string> unmoved, CancellationToken stop)
    {
        FileOutcome? outcome;
        try
        {
            outcome = _unmoved.TryGetValue(file.Name, out var decided) && decided.File == file
                ? decided.IsCopy ? new FileOutcome.Copy(decided.Entry) : new FileOutcome.Decided(decided.Entry, decided.Entry.State)
                : await ReadAsync(file, stop);
        }
        catch (FileSourceException e)
        {
            board.Notice(SourceTopic, FeedNoticeLevel.Fault, e.Message);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            troubles.Add(Reason(e));
            return true;
        }

        switch (outcome)
        {
            case FileOutcome.Refused refused:
                board.Notice(StoreTopic, FeedNoticeLevel.Warning, $"The store cannot take files now: {refused.Reason} They stay where they are.");
                return false;
            case FileOutcome.Changed:
                FileLog.Changed(logger, feed);
                _watch.Forget(file.Name);
                return true;
            case FileOutcome.Decided decided:
                board.Settle(StoreTopic);
                await MoveAsync(file, decided.Entry, isCopy: false, unmoved, stop);
                return true;
            case FileOutcome.Copy copy:
                board.Settle(StoreTopic);
                await MoveAsync(file, copy.Entry, isCopy: true, unmoved, stop);
                return true;
            default:
                return true;
        }
    }

    /// <returns>Null when the file is gone.</returns>
    private async Task<FileOutcome?> ReadAsync(SourceFile file, CancellationToken stop)
    {
        await using var content = await source.OpenAsync(file, stop);
        if (content is null)
        {
            return null;
        }

        var outcome = await intake.TakeAsync(file, content, stop);
        if (outcome is FileOutcome.Decided { Entry: var entry, Before: var before })
        {
            board.Decided(entry, before);
            FileLog.Taken(logger, feed, entry.Checksum, entry.Messages, entry.Accepted, entry.Duplicates, entry.Quarantined);
            if (entry.Issues.Count > 0)
            {
                FileLog.Flagged(logger, feed, entry.Checksum, entry.Messages, entry.Issues[0].Text, entry.Issues.Count);
            }
        }
        else if (outcome is FileOutcome.Copy copy)
        {
            board.Copied();
            FileLog.Copy(logger, feed, copy.Entry.Checksum);
        }

        return outcome;
    }

    private async Task MoveAsync(SourceFile file, FileDocument entry, bool isCopy, List<string> unmoved, CancellationToken stop)
    {
        _unmoved[file.Name] = (file, entry, isCopy);
        var folder = entry.State == FileState.Failed ? options.Failed : options.Processed;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var name = file.Name + (isCopy ? ".duplicate" : "") + Suffix(attempt);
                if (await source.TryMoveAsync(file, folder, name, stop))
                {
                    _unmoved.Remove(file.Name);
                    await NoteMoveAsync(entry, isCopy, $"{folder}/{name}");
                    return;
                }
            }
        }
        catch (FileNotFoundException)
        {
            // Somebody took it away; its content is safe.
            _unmoved.Remove(file.Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FileSourceException)
        {
            unmoved.Add(Reason(e));
        }
    }

    /// <summary>Where a name is taken: the time, then a number too.</summary>
    private string Suffix(int attempt) => attempt switch
    {
        1 => "",
        2 => time.GetUtcNow().ToString("'.'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
        _ => Suffix(2) + string.Create(CultureInfo.InvariantCulture, $".{attempt}"),
    };

    private async Task NoteMoveAsync(FileDocument entry, bool isCopy, string movedTo)
    {
        if (isCopy)
        {
            return;
        }

        try
        {
            await ledger.SaveAsync(entry with { MovedTo = movedTo }, CancellationToken.None);
        }
        catch (Core.Storage.StoreUnavailableException e)
        {
            // The next copy of this name is then taken for the file itself: not counted as a copy, and not read either.
            board.Notice(StoreTopic, FeedNoticeLevel.Warning, $"The store cannot take files now: {e.Message} They stay where they are.");
        }
    }

    private void ForgetWhatIsGone(IReadOnlyList<SourceFile> listing)
    {
        if (_unmoved.Count > 0)
        {
            var there = listing.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var name in _unmoved.Keys.Where(n => !there.Contains(n)).ToList())
            {
                _unmoved.Remove(name);
            }
        }
    }

    private void Show(string topic, List<string> reasons, string text)
    {
        if (reasons.Count == 0)
        {
            board.Settle(topic);
        }
        else
        {
            var distinct = string.Join(", ", reasons.Distinct().Order(StringComparer.Ordinal));
            board.Notice(topic, FeedNoticeLevel.Warning, $"{reasons.Count} files {text}: {distinct}.");
        }
    }

    // Texts of file exceptions hold names of files, which are not shown.
    private static string Reason(Exception exception) => exception switch
    {
        FileSourceException => exception.Message,
        UnauthorizedAccessException => "the user this engine runs as has no permission",
        _ => $"the system says {exception.GetType().Name}, 0x{exception.HResult:X8}; another program may hold them",
    };
}
