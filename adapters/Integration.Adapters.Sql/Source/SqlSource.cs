using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Integration.Adapters.Sql.Source.Dialects;

namespace Integration.Adapters.Sql.Source;

/// <summary>What a feed reads and how.</summary>
/// <param name="Key">Columns that together name a row, or with <paramref name="IsGrouped"/> a head with its lines.</param>
/// <param name="Mark">Watermark column; null: there is none.</param>
/// <param name="Isolation">Null: as the database does by itself.</param>
/// <param name="Settled">A condition of the site that keeps back rows below which others may still come to light; null: there is none.</param>
internal sealed record SqlSourceSettings(
    SqlDialect Dialect, string ConnectionString, string Query, string? Mark, IReadOnlyList<string> Key, bool IsGrouped, TimeSpan Timeout, IsolationLevel? Isolation,
    string? Settled);

/// <summary>Reads the tables of one feed. One connection at a time, opened for each round and closed behind it. Not for many threads.</summary>
internal sealed class SqlSource(SqlSourceSettings settings)
{
    /// <summary>Keys whose rows are asked for in one statement; databases bound the number of parameters.</summary>
    private const int KeysInOneQuery = 100;

    public SqlStatements Statements { get; } = new(settings.Dialect, settings.Query, settings.Mark, settings.Key, settings.IsGrouped, settings.Settled);

    /// <summary>Where it is, for people.</summary>
    public string Place => settings.Dialect.Place(settings.ConnectionString);

    /// <exception cref="SqlSourceException">It cannot be reached, or does not let us in.</exception>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = settings.Dialect.Connect(settings.ConnectionString, settings.Timeout);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await connection.DisposeAsync();
            throw SqlFailure.Of(settings.Dialect, e, "The database cannot be opened", settings.Timeout) ?? new SqlSourceException($"The database cannot be opened ({e.GetType().Name}). Check ConnectionString.", e);
        }
    }

    /// <summary>The next rows, or heads with all their lines, in order of watermark and key. A head that goes away meanwhile has no rows.</summary>
    public async Task<IReadOnlyList<SqlItem>> PageAsync(DbConnection connection, object? from, SqlPosition? behind, int rows, CancellationToken cancellationToken)
    {
        var found = await ListAsync(connection, Statements.Page(from, behind, rows), cancellationToken);
        var items = found.Select(row => new SqlItem(KeyOf(row), new SqlPosition(row[settings.Mark!]!, KeyOf(row)), [row])).ToList();
        if (!settings.IsGrouped || items.Count == 0)
        {
            return items;
        }

        var whole = (await OfKeysAsync(connection, [.. items.Select(item => item.Key)], cancellationToken)).ToDictionary(item => item.KeyText, item => item.Rows, StringComparer.Ordinal);
        return [.. items.Select(item => item with { Rows = whole.GetValueOrDefault(item.KeyText) ?? [] })];
    }

    /// <summary>The rows of these keys, or their heads with all lines, without a position. Keys that have none are left out.</summary>
    public async Task<IReadOnlyList<SqlItem>> OfKeysAsync(DbConnection connection, IReadOnlyList<IReadOnlyList<object>> keys, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, List<SqlRow>>(StringComparer.Ordinal);
        foreach (var some in keys.Chunk(KeysInOneQuery))
        {
            foreach (var row in await ListAsync(connection, Statements.OfKeys(some), cancellationToken))
            {
                var key = SqlItem.TextOf(KeyOf(row));
                (rows.TryGetValue(key, out var of) ? of : rows[key] = []).Add(row);
            }
        }

        return [.. rows.Values.Select(of => new SqlItem(KeyOf(of[0]), null, of))];
    }

    /// <summary>Everything there is, one after another; the result is never held as a whole.</summary>
    public async IAsyncEnumerable<SqlItem> AllAsync(DbConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = new List<SqlRow>();
        IReadOnlyList<object> key = [];
        await foreach (var row in ReadAsync(connection, Statements.All(), cancellationToken))
        {
            var next = KeyOf(row);
            if (rows.Count > 0 && (!settings.IsGrouped || SqlItem.TextOf(next) != SqlItem.TextOf(key)))
            {
                yield return new SqlItem(key, null, rows);
                rows = [];
            }

            key = next;
            rows.Add(row);
        }

        if (rows.Count > 0)
        {
            yield return new SqlItem(key, null, rows);
        }
    }

    /// <summary>Every key there is.</summary>
    public async IAsyncEnumerable<IReadOnlyList<object>> KeysAsync(DbConnection connection, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in ReadAsync(connection, Statements.Keys(), cancellationToken))
        {
            yield return KeyOf(row);
        }
    }

    /// <summary>The rows of a statement that gives few.</summary>
    public async Task<IReadOnlyList<SqlRow>> ListAsync(DbConnection connection, SqlStatement statement, CancellationToken cancellationToken)
    {
        var rows = new List<SqlRow>();
        await foreach (var row in ReadAsync(connection, statement, cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    public IReadOnlyList<object> KeyOf(SqlRow row) => [.. settings.Key.Select(column => row[column] ?? "")];

    private async IAsyncEnumerable<SqlRow> ReadAsync(DbConnection connection, SqlStatement statement, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var transaction = settings.Isolation is { } isolation ? await connection.BeginTransactionAsync(isolation, cancellationToken) : null;
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = statement.Text;
        command.CommandTimeout = Math.Max(1, (int)Math.Ceiling(settings.Timeout.TotalSeconds));
        foreach (var (i, value) in statement.Values.Index())
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = $"p{i}";
            settings.Dialect.Bind(parameter, value);
            command.Parameters.Add(parameter);
        }

        await using var reader = await Try(async () => await command.ExecuteReaderAsync(cancellationToken), cancellationToken);
        var columns = new SqlColumns(reader);
        while (await Try(() => reader.ReadAsync(cancellationToken), cancellationToken))
        {
            yield return SqlRow.Read(reader, columns, settings.Dialect);
        }
    }

    private async Task<T> Try<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && SqlFailure.Of(settings.Dialect, e, "The query failed", settings.Timeout) is { } failure)
        {
            throw failure;
        }
    }
}
