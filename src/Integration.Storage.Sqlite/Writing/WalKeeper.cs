using Integration.Storage.Sqlite.Native;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Integration.Storage.Sqlite.Writing;

/// <summary>
/// Keeps the write-ahead log from growing without bound: has it copied into the database file when it is long, and cuts it when
/// nobody writes.
/// </summary>
/// <remarks>
/// SQLite starts the log over only when all of it is copied at the moment of a write, and a long copy on the writer thread would
/// hold up acknowledgements. So a thread with a connection of its own copies the bulk while commits go on, again and again until
/// little came meanwhile (1), then the writer thread copies that (2), and its next commit starts the log over. SQLite brings what
/// was copied to the disk only with the end of the log, which would be the writer thread's part: so (1) does that itself.
/// </remarks>
internal sealed class WalKeeper : IDisposable
{
    /// <summary>Without a write for this long the log is cut.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(2);

    /// <summary>Pages after which the log is copied (32 MiB). Longer: fewer copies of pages that change again, but more disk and a longer start after a crash.</summary>
    private const long CopyAfterPages = 8_000;

    /// <summary>Pages after which the writer thread copies by itself, since the copying thread cannot keep up.</summary>
    private const long CopyNowPages = 4 * CopyAfterPages;

    /// <summary>So few pages the writer thread copies itself: about what two commits write.</summary>
    private const long FewPages = 100;

    /// <summary>Under the heaviest writing there are never few; each round copies what came during the one before it, which is less.</summary>
    private const int MostRounds = 5;

    private readonly Database _writer;
    private readonly Database _copier;

    /// <summary>The database file. Closing it gives up the locks that this process has on the file (POSIX): it is closed after the last connection.</summary>
    private readonly SafeFileHandle _file;

    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _wanted = new(0);
    private volatile Step _step;
    private volatile bool _stopping;
    private long _written;
    private long _emptyAt;
    private bool _isClean;

    /// <param name="writer">The writer thread's connection.</param>
    public WalKeeper(Database writer, ILogger logger)
    {
        (_writer, _logger) = (writer, logger);
        _emptyAt = writer.PagesWritten;
        _copier = Database.Open(writer.Path, writable: true);
        _copier.Execute("PRAGMA synchronous=FULL");
        _copier.Execute("PRAGMA wal_autocheckpoint=0");
        _file = File.OpenHandle(writer.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _thread = new Thread(CopyWhenWanted) { Name = "sqlite-wal", IsBackground = true };
        _thread.Start();
    }

    private enum Step
    {
        None,
        CopyingBulk,
        BulkCopied,
    }

    /// <summary>Called by the writer thread behind every commit.</summary>
    public void AfterCommit()
    {
        _isClean = false;
        var written = _writer.PagesWritten;
        Volatile.Write(ref _written, written);
        var pages = written - _emptyAt;
        if (_step == Step.BulkCopied || (_step == Step.None && pages >= CopyNowPages))
        {
            CopyRest();
        }
        else if (_step == Step.None && pages >= CopyAfterPages)
        {
            _step = Step.CopyingBulk;
            _wanted.Release();
        }
    }

    /// <summary>Called by the writer thread when there is nothing to write.</summary>
    public void WhenIdle()
    {
        if (!_isClean && _step != Step.CopyingBulk)
        {
            _isClean = TryCheckpoint(_writer, truncate: true);
            (_step, _emptyAt) = (Step.None, _writer.PagesWritten);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _wanted.Release();
        _thread.Join();
        _wanted.Dispose();
        _copier.Dispose();
        _file.Dispose();
    }

    private void CopyRest()
    {
        // Counted from here even when a reader of an old state keeps a part back: the next round copies it.
        TryCheckpoint(_writer, truncate: false);
        (_step, _emptyAt) = (Step.None, _writer.PagesWritten);
    }

    private void CopyWhenWanted()
    {
        while (true)
        {
            // Blocks a thread of its own, on purpose: a copy is one long call into SQLite, which must not take a thread from the pool.
            _wanted.Wait();
            if (_stopping)
            {
                return;
            }

            CopyBulk();
            _step = Step.BulkCopied;
        }
    }

    private void CopyBulk()
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var copiedTo = Volatile.Read(ref _written);
            TryCheckpoint(_copier, truncate: false);
            if (Volatile.Read(ref _written) - copiedTo <= FewPages)
            {
                return;
            }
        }
    }

    private bool TryCheckpoint(Database database, bool truncate)
    {
        try
        {
            var (pages, copied) = database.Checkpoint(truncate);
            if (database == _copier)
            {
                RandomAccess.FlushToDisk(_file);
            }

            return copied >= pages;
        }
        catch (Exception failure)
        {
            // The edge of two loops: the log stays as it is, nothing is lost, and the next round tries again.
            _logger.CheckpointFailed(failure);
            return false;
        }
    }
}
