using System.Collections.Concurrent;
using Integration.Storage.Sqlite.Native;

namespace Integration.Storage.Sqlite.Reading;

/// <summary>Connections for reading, each used by one query at a time. A query sees what was committed before it began, and nothing of what comes meanwhile.</summary>
internal sealed class ReaderPool(string path, int maxReaders) : IDisposable
{
    private readonly SemaphoreSlim _free = new(maxReaders, maxReaders);
    private readonly ConcurrentBag<Database> _idle = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>
    /// Runs <paramref name="read"/> on the caller's thread, at once when a connection is free. Queries are too short to be worth another
    /// thread; how many threads they can hold is bounded by the pool.
    /// </summary>
    public ValueTask<T> ReadAsync<TState, T>(Func<Database, TState, T> read, TState state, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(SqliteDocumentStore));
        return _free.Wait(0, CancellationToken.None)
            ? ValueTask.FromResult(Read(read, state, cancellationToken))
            : WaitAndReadAsync(read, state, cancellationToken);
    }

    /// <summary>Refuses queries that wait, lets those that run end, and closes every connection.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        for (var i = 0; i < maxReaders; i++)
        {
            _free.Wait(CancellationToken.None);
        }

        while (_idle.TryTake(out var database))
        {
            database.Dispose();
        }
    }

    private async ValueTask<T> WaitAndReadAsync<TState, T>(Func<Database, TState, T> read, TState state, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _free.WaitAsync(either.Token);
        return Read(read, state, cancellationToken);
    }

    private T Read<TState, T>(Func<Database, TState, T> read, TState state, CancellationToken cancellationToken)
    {
        try
        {
            var database = _idle.TryTake(out var idle) ? idle : Open();
            try
            {
                using var interruption = cancellationToken.UnsafeRegister(static database => ((Database)database!).Interrupt(), database);
                return read(database, state);
            }
            catch (Exception exception)
            {
                database.ResetAll();
                if (exception is OperationCanceledException)
                {
                    throw new OperationCanceledException(exception.Message, exception, cancellationToken);
                }

                throw;
            }
            finally
            {
                _idle.Add(database);
            }
        }
        finally
        {
            _free.Release();
        }
    }

    private Database Open()
    {
        var database = Database.Open(path, writable: false);

        // Every commit of the writer empties this cache, so a large one would be memory without use.
        database.Execute("PRAGMA cache_size=-2048");
        database.Execute("PRAGMA temp_store=MEMORY");
        return database;
    }
}
