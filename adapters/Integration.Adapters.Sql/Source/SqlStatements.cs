using System.Text;
using Integration.Adapters.Sql.Source.Dialects;

namespace Integration.Adapters.Sql.Source;

/// <summary>A statement and the values of its parameters, in the order they stand in it.</summary>
internal sealed record SqlStatement(string Text, IReadOnlyList<object> Values);

/// <summary>
/// Writes the statements of one feed around the site's own query, which stays as it is inside. Column names come from the settings, where they were
/// checked to be plain names; values go as parameters only.
/// </summary>
/// <param name="query">Without a semicolon or ORDER BY.</param>
/// <param name="mark">Watermark column; null: there is none.</param>
/// <param name="key">Columns that together name a row, or a head with its lines.</param>
/// <param name="isGrouped">Several rows share a key.</param>
/// <param name="settled">A condition that holds for rows below which no other row can come to light; null: there is none.</param>
internal sealed class SqlStatements(SqlDialect dialect, string query, string? mark, IReadOnlyList<string> key, bool isGrouped, string? settled)
{
    private string Columns => string.Join(", ", key);

    private string IsSettled => settled is null ? "" : $" AND ({settled})";

    private string KeyIsThere => string.Join(" AND ", key.Select(column => $"{column} IS NOT NULL"));

    /// <summary>The next rows (of heads with lines: the next keys, each with its newest watermark) in order of watermark and key.</summary>
    /// <param name="from">Least watermark that counts; null: from the beginning.</param>
    /// <param name="behind">Where the page before ended; null for the first.</param>
    public SqlStatement Page(object? from, SqlPosition? behind, int rows)
    {
        var values = new List<object>();
        var inner = (from is null ? $"{mark} IS NOT NULL" : $"{mark} >= {Parameter(values, from)}") + IsSettled;
        var source = isGrouped
            ? $"(SELECT {Columns}, MAX({mark}) AS {mark} FROM ({query}) q WHERE {inner} AND {KeyIsThere} GROUP BY {Columns}) g"
            : $"({query}) q";
        var where = new List<string>();
        if (!isGrouped)
        {
            where.Add(inner);
            where.Add(KeyIsThere);
        }

        if (behind is not null)
        {
            where.Add($"{mark} >= {Parameter(values, behind.Mark)}");
            where.Add($"({Behind([mark!, .. key], [behind.Mark, .. behind.Key], values)})");
        }

        var condition = where.Count == 0 ? "" : $" WHERE {string.Join(" AND ", where)}";
        return new SqlStatement(dialect.First("*", $"FROM {source}{condition} ORDER BY {mark}, {Columns}", rows), values);
    }

    /// <summary>All rows of these keys, those of one key beside each other.</summary>
    public SqlStatement OfKeys(IReadOnlyList<IReadOnlyList<object>> keys)
    {
        var values = new List<object>();
        var condition = key.Count == 1
            ? $"{key[0]} IN ({string.Join(", ", keys.Select(k => Parameter(values, k[0])))})"
            : string.Join(" OR ", keys.Select(k => $"({string.Join(" AND ", key.Zip(k, (column, value) => $"{column} = {Parameter(values, value)}"))})"));
        return new SqlStatement($"SELECT * FROM ({query}) q WHERE {condition} ORDER BY {Columns}", values);
    }

    /// <summary>Every row, those of one key beside each other.</summary>
    public SqlStatement All() => new($"SELECT * FROM ({query}) q WHERE {KeyIsThere} ORDER BY {Columns}", []);

    /// <summary>Every key, those that several rows share several times.</summary>
    public SqlStatement Keys() => new($"SELECT {Columns} FROM ({query}) q WHERE {KeyIsThere}", []);

    /// <summary>The highest watermark there is.</summary>
    public SqlStatement Top() => new($"SELECT MAX({mark}) FROM ({query}) q{(settled is null ? "" : $" WHERE {settled}")}", []);

    /// <summary>Another query of the site, with bounds where it says <c>{from}</c> and <c>{below}</c>.</summary>
    public SqlStatement Between(string other, object from, object below)
    {
        var (text, values) = (new StringBuilder(), new List<object>());
        for (var rest = other.AsSpan(); !rest.IsEmpty;)
        {
            var (isFrom, isBelow) = (rest.StartsWith("{from}"), rest.StartsWith("{below}"));
            if (isFrom || isBelow)
            {
                text.Append(Parameter(values, isFrom ? from : below));
                rest = rest[(isFrom ? "{from}" : "{below}").Length..];
            }
            else
            {
                text.Append(rest[0]);
                rest = rest[1..];
            }
        }

        return new SqlStatement(text.ToString(), values);
    }

    /// <summary>The newest rows, for looking at them.</summary>
    public SqlStatement Newest(int rows) => new(dialect.First("*", $"FROM ({query}) q ORDER BY {(mark is null ? Columns : mark)} DESC", rows), []);

    /// <summary>Rows, rows without a key and rows without a watermark.</summary>
    public SqlStatement Counts() => new(
        $"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {KeyIsThere} THEN 0 ELSE 1 END), 0), {(mark is null ? "0" : $"COALESCE(SUM(CASE WHEN {mark} IS NULL THEN 1 ELSE 0 END), 0)")} FROM ({query}) q", []);

    /// <summary>Keys that more than one row has, where each row should have its own.</summary>
    public SqlStatement Repeated() => new($"SELECT COUNT(*) FROM (SELECT {Columns} FROM ({query}) q WHERE {KeyIsThere} GROUP BY {Columns} HAVING COUNT(*) > 1) r", []);

    /// <summary>Behind a place in the order of several columns: a later first, or the same first and a later second, and so on.</summary>
    private string Behind(IReadOnlyList<string> columns, IReadOnlyList<object> place, List<object> values) => columns.Count == 1
        ? $"{columns[0]} > {Parameter(values, place[0])}"
        : $"{columns[0]} > {Parameter(values, place[0])} OR ({columns[0]} = {Parameter(values, place[0])} AND ({Behind([.. columns.Skip(1)], [.. place.Skip(1)], values)}))";

    // Each occurrence has a parameter of its own, since some databases know them by their order alone.
    private string Parameter(List<object> values, object value)
    {
        values.Add(value);
        return dialect.Parameter(values.Count - 1);
    }
}
