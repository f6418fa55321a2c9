using System.Data.Common;

namespace Integration.Adapters.Sql.Source.Changes;

/// <summary>Changes that the database gives as rows of a table function, in the order of its own numbers.</summary>
internal abstract class TableChanges(IReadOnlyList<ChangedTable> tables) : SqlChanges
{
    public sealed override async Task<object> NowAsync(SqlSource source, DbConnection connection, CancellationToken cancellationToken) =>
        await ValueAsync(source, connection, Now, cancellationToken) ?? throw new SqlSourceException(NotNoted, isPermanent: true);

    public sealed override async Task<SqlChangePage?> BehindAsync(SqlSource source, DbConnection connection, object since, int keys, CancellationToken cancellationToken)
    {
        // Before the changes are read: what comes meanwhile is read again, not missed.
        var now = await NowAsync(source, connection, cancellationToken);
        foreach (var table in tables)
        {
            var least = await ValueAsync(source, connection, Least(table), cancellationToken)
                ?? throw new SqlSourceException($"Changes of {table.Name} are not noted. {Remedy(table)}", isPermanent: true);
            if (Compare(since, least) < 0)
            {
                return null;
            }
        }

        if (Compare(since, now) >= 0)
        {
            return new SqlChangePage([], since, IsLast: true);
        }

        var (next, isLast) = (now, true);
        var found = new List<(object Place, IReadOnlyList<object> Key)>();
        foreach (var table in tables)
        {
            var rows = await source.ListAsync(connection, Behind(table, since, now, keys), cancellationToken);
            found.AddRange(rows.Select(row => (row.Values[^1]!, (IReadOnlyList<object>)[.. row.Values.SkipLast(1).Select(value => value ?? "")])));
            if (rows.Count >= keys)
            {
                isLast = false;
                next = Compare(found[^1].Place, next) < 0 ? found[^1].Place : next;
            }
        }

        return new SqlChangePage([.. found.Where(change => Compare(change.Place, next) <= 0).Select(change => change.Key).DistinctBy(SqlItem.TextOf)], next, isLast);
    }

    /// <summary>Number of the newest change; NULL where nothing is noted.</summary>
    protected internal abstract SqlStatement Now { get; }

    /// <summary>What to say then.</summary>
    protected abstract string NotNoted { get; }

    /// <summary>The least number behind which all changes of a table are there; NULL where it is not noted.</summary>
    protected internal abstract SqlStatement Least(ChangedTable table);

    /// <summary>What to say then.</summary>
    protected abstract string Remedy(ChangedTable table);

    /// <summary>Columns of the key and the number, in the order of numbers: the first <paramref name="rows"/>, and all further ones with the last one's number.</summary>
    protected internal abstract SqlStatement Behind(ChangedTable table, object since, object now, int rows);

    /// <summary>Which of two numbers is less.</summary>
    protected virtual int Compare(object one, object other) => Convert.ToInt64(one, null).CompareTo(Convert.ToInt64(other, null));

    private static async Task<object?> ValueAsync(SqlSource source, DbConnection connection, SqlStatement statement, CancellationToken cancellationToken) =>
        (await source.ListAsync(connection, statement, cancellationToken)) is [var row, ..] ? row.Values[0] : null;
}
