using SQLitePCL;

namespace Integration.Storage.Sqlite.Native;

/// <summary>One connection to the database file with its prepared statements. Used by one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    /// <summary>Statements that a reading connection keeps; beyond it the cache starts over, so that odd queries cannot pile up.</summary>
    private const int MaxReaderStatements = 256;

    /// <summary>How long to wait for a lock that another connection holds; inside one process that is an instant.</summary>
    private const int BusyTimeoutMs = 5_000;

    /// <summary>SQLITE_DBCONFIG_ENABLE_QPSG, the query planner stability guarantee.</summary>
    private const int StablePlans = 1007;

    private readonly sqlite3 _handle;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    private readonly bool _writable;

    private Database(sqlite3 handle, string path, bool writable) => (_handle, Path, _writable) = (handle, path, writable);

    public string Path { get; }

    /// <summary>SQLite's own words about the last error.</summary>
    public string Message => raw.sqlite3_errmsg(_handle).utf8_to_string();

    public long LastInsertedRow => raw.sqlite3_last_insert_rowid(_handle);

    /// <summary>Opens a connection; the file is made when it is missing and <paramref name="writable"/>.</summary>
    /// <exception cref="Core.Storage.StoreUnavailableException">The file cannot be opened or is no database.</exception>
    public static Database Open(string path, bool writable)
    {
        Batteries_V2.Init();

        // NOMUTEX: the engine itself gives a connection to one thread at a time.
        var flags = raw.SQLITE_OPEN_NOMUTEX | (writable ? raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE : raw.SQLITE_OPEN_READONLY);
        var result = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var database = new Database(handle, path, writable);
        if (result != raw.SQLITE_OK)
        {
            var failure = database.Failure();
            database.Dispose();
            throw failure;
        }

        raw.sqlite3_extended_result_codes(handle, 1);

        // Otherwise SQLite looks at the values bound, a LIMIT among them, and prepares a statement again whenever they change.
        raw.sqlite3_db_config(handle, StablePlans, 1, out _);
        raw.sqlite3_busy_timeout(handle, BusyTimeoutMs);
        return database;
    }

    /// <summary>Pages that this connection wrote to the write-ahead log or the file since it was opened.</summary>
    public long PagesWritten
    {
        get
        {
            const int CacheWrites = 9;
            raw.sqlite3_db_status(_handle, CacheWrites, out var pages, out _, 0);
            return pages;
        }
    }

    /// <summary>
    /// The statement of this text, prepared once. On a writing connection it stays valid until the connection is disposed; on a reading one
    /// until the next call.
    /// </summary>
    public Statement Prepared(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
        {
            return known;
        }

        if (!_writable && _statements.Count >= MaxReaderStatements)
        {
            ForgetStatements();
        }

        var statement = Prepare(sql);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>A statement that the caller keeps and disposes.</summary>
    public Statement Prepare(string sql) =>
        raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle) == raw.SQLITE_OK
            ? new Statement(this, handle)
            : throw Failure();

    /// <summary>Runs one statement to its end, leaving out any rows.</summary>
    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>The first column of the first row as a number; 0 when there is none.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Integer(0) : 0;
    }

    /// <summary>Copies WAL pages into the database file.</summary>
    /// <param name="truncate">Cut the WAL to nothing afterwards. Nothing is waited for: a reader of an old state keeps its part in the WAL.</param>
    /// <returns>Pages in the WAL, and how many of them are copied by now; a busy one is never all copied.</returns>
    public (int Pages, int Copied) Checkpoint(bool truncate)
    {
        var mode = truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE;
        raw.sqlite3_busy_timeout(_handle, 0);
        var result = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var pages, out var copied);
        raw.sqlite3_busy_timeout(_handle, BusyTimeoutMs);
        return result switch
        {
            raw.SQLITE_OK => (pages, copied),
            _ when (result & 0xFF) == raw.SQLITE_BUSY => (pages, Math.Min(copied, pages - 1)),
            _ => throw Failure(),
        };
    }

    /// <summary>Brings a reading connection back to rest after a query, however that ended.</summary>
    public void ResetAll()
    {
        for (var statement = raw.sqlite3_next_stmt(_handle, null); statement is not null; statement = raw.sqlite3_next_stmt(_handle, statement))
        {
            raw.sqlite3_reset(statement);
        }

        RollBack();
    }

    /// <summary>Ends the open transaction without it; does nothing when SQLite has ended it itself, as it does after some errors.</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0)
        {
            Execute("ROLLBACK");
        }
    }

    /// <summary>Ends a running step from another thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_handle);

    public bool ViolatesUniqueness() => raw.sqlite3_extended_errcode(_handle)
        is raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY;

    /// <summary>The last error as the exception that callers of the store shall see.</summary>
    public Exception Failure() => StoreFailure.From(raw.sqlite3_extended_errcode(_handle), Message, Path);

    public void Dispose()
    {
        ForgetStatements();
        _handle.Dispose();
    }

    private void ForgetStatements()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
    }
}
