using System.Data.Common;

namespace Integration.Adapters.Sql.Source.Changes;

/// <summary>
/// What a database itself notes of its changes: which keys were touched since when. The rows are read by their keys afterwards, as they are then; a key without
/// a row was deleted. Stateless between calls; not for many threads.
/// </summary>
internal abstract class SqlChanges
{
    /// <summary>A place before which every change is in the tables: where a feed that has just compared everything goes on.</summary>
    /// <returns>A value that <see cref="SqlMark"/> can write.</returns>
    /// <exception cref="SqlSourceException">Changes are not noted, or cannot be read; the text says what to do.</exception>
    public abstract Task<object> NowAsync(SqlSource source, DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Keys touched behind a place, each once.</summary>
    /// <param name="keys">About so many at once; changes of one transaction are never torn.</param>
    /// <returns>Null: the source does not have all of them any more, and everything must be compared.</returns>
    /// <exception cref="SqlSourceException">They cannot be read.</exception>
    public abstract Task<SqlChangePage?> BehindAsync(SqlSource source, DbConnection connection, object since, int keys, CancellationToken cancellationToken);

    /// <summary>Everything up to a place is durable here: the source may forget it.</summary>
    public virtual Task DoneAsync(SqlSource source, DbConnection connection, object upTo, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <param name="Keys">Values of the feed's key columns.</param>
/// <param name="Next">Place that they reach to.</param>
/// <param name="IsLast">There are no more now.</param>
internal sealed record SqlChangePage(IReadOnlyList<IReadOnlyList<object>> Keys, object Next, bool IsLast)
{
    /// <summary>Something happened up to <see cref="Next"/> that names no keys: everything must be compared.</summary>
    public bool IsWhole { get; init; }
}

/// <param name="Name">As the database calls it.</param>
/// <param name="Key">Columns of it that hold the feed's key, in the order of <c>Key</c> or <c>GroupBy</c>.</param>
internal sealed record ChangedTable(string Name, IReadOnlyList<string> Key);
