using System.Collections.Concurrent;
using Integration.Storage.Mongo.Bson;
using Npgsql;

namespace Integration.DocumentDb;

/// <summary>
/// Transactions by session: each has a database connection of its own until it ends. That a transaction was committed is written down in it, so that
/// a driver that lost the answer may ask again, even after the gateway or the database was killed.
/// </summary>
internal sealed class TransactionTable(NpgsqlDataSource database) : IAsyncDisposable
{
    /// <summary>MongoDB's transactionLifetimeLimitSeconds: what nobody ends is aborted.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Transaction> _open = new();

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var create = database.CreateCommand("CREATE TABLE IF NOT EXISTS public.gateway_committed (session text PRIMARY KEY, number bigint NOT NULL)");
        await create.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The transaction that a command belongs to; null when it belongs to none.</summary>
    /// <exception cref="ServerError">It was aborted, or is not known.</exception>
    public async Task<Transaction?> OfAsync(WireMessage message, CancellationToken cancellationToken)
    {
        if (message.Body["autocommit"u8] is null)
        {
            return null;
        }

        var (session, number) = KeyOf(message.Body);
        if (message.Body["startTransaction"u8]?.IsTrue == true)
        {
            await AbortAsync(session);
            var connection = await database.OpenConnectionAsync(cancellationToken);
            await ExecuteAsync(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ", cancellationToken);
            return _open[session] = new Transaction(session, number, connection);
        }

        return _open.TryGetValue(session, out var open) && open.Number == number ? open : null;
    }

    /// <exception cref="ServerError">It is not open and was not committed.</exception>
    public async Task CommitAsync(WireMessage message, CancellationToken cancellationToken)
    {
        var (session, number) = KeyOf(message.Body);
        if (!_open.TryGetValue(session, out var transaction) || transaction.Number != number)
        {
            await using var ask = database.CreateCommand("SELECT 1 FROM public.gateway_committed WHERE session=$1 AND number=$2");
            ask.Parameters.Add(new() { Value = session });
            ask.Parameters.Add(new() { Value = number });
            if (await ask.ExecuteScalarAsync(cancellationToken) is null)
            {
                throw ServerError.NoSuchTransaction();
            }

            return;
        }

        await transaction.Turn.WaitAsync(cancellationToken);
        try
        {
            await using var batch = new NpgsqlBatch(transaction.Connection);
            var remember = new NpgsqlBatchCommand(
                "INSERT INTO public.gateway_committed VALUES ($1, $2) ON CONFLICT (session) DO UPDATE SET number=excluded.number");
            remember.Parameters.Add(new() { Value = session });
            remember.Parameters.Add(new() { Value = number });
            batch.BatchCommands.Add(remember);
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception) when (_open.TryRemove(session, out _))
        {
            await transaction.DisposeAsync();
            throw;
        }

        _open.TryRemove(session, out _);
        await transaction.DisposeAsync();
    }

    /// <summary>Aborts the open transaction of a session; nothing when there is none.</summary>
    public async Task AbortAsync(string session)
    {
        if (_open.TryRemove(session, out var transaction))
        {
            await transaction.Turn.WaitAsync();
            await transaction.DisposeAsync();
        }
    }

    /// <summary>Aborts a transaction after an error in it, whose turn the caller has.</summary>
    public async Task FailAsync(Transaction transaction)
    {
        if (_open.TryRemove(transaction.Session, out _))
        {
            await transaction.DisposeAsync();
        }
    }

    /// <summary>Aborts what is older than a transaction may become, until cancelled.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var old in _open.Values.Where(t => TimeProvider.System.GetElapsedTime(t.Began) > Lifetime))
                {
                    await AbortAsync(old.Session);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    /// <param name="session">An <c>lsid</c>.</param>
    public static string SessionKey(BsonDocument session) => Convert.ToHexString(session["id"u8]!.Value.Binary.Span);

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _open.Keys)
        {
            await AbortAsync(session);
        }
    }

    private static (string Session, long Number) KeyOf(BsonDocument command) =>
        (SessionKey(command["lsid"u8]!.Value.Document), command["txnNumber"u8]!.Value.Whole);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One open transaction.</summary>
    internal sealed class Transaction(string session, long number, NpgsqlConnection connection) : IAsyncDisposable
    {
        public string Session { get; } = session;

        public long Number { get; } = number;

        public NpgsqlConnection Connection { get; } = connection;

        public long Began { get; } = TimeProvider.System.GetTimestamp();

        /// <summary>A connection does one thing at a time.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>Rolls back what was not committed.</summary>
        public async ValueTask DisposeAsync()
        {
            try
            {
                await using var command = new NpgsqlCommand("ROLLBACK", Connection);
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The connection is gone, and the transaction with it.
            }

            await Connection.DisposeAsync();
        }
    }
}
