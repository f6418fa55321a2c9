using Integration.Core.Storage;
using Integration.Storage.Sqlite.Native;
using Microsoft.Extensions.Logging;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>
/// Keeps the write-ahead log from growing without bound: copies it into the database file when it is long, and cuts it when nobody
/// writes. Belongs to the writer thread.
/// </summary>
internal sealed class WalKeeper(Database database, ILogger logger)
{
    /// <summary>Without a write for this long the log is cut.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(2);

    /// <summary>Pages after which the log is copied. Longer: fewer copies of pages that change again, but a longer pause for each.</summary>
    private const long CheckpointPages = 4_000;

    private long _copiedAt = database.PagesWritten;
    private bool _isClean;

    public void AfterCommit()
    {
        _isClean = false;
        if (database.PagesWritten - _copiedAt >= CheckpointPages)
        {
            Checkpoint(truncate: false);
        }
    }

    public void WhenIdle()
    {
        if (!_isClean)
        {
            _isClean = Checkpoint(truncate: true);
        }
    }

    private bool Checkpoint(bool truncate)
    {
        // Counted from here even when readers keep a part back: the next attempt copies it.
        _copiedAt = database.PagesWritten;
        try
        {
            var (pages, copied) = database.Checkpoint(truncate);
            return copied >= pages;
        }
        catch (StoreUnavailableException failure)
        {
            logger.CheckpointFailed(failure);
            return false;
        }
    }
}
