using System.Data.Common;
using Integration.Adapters.Sql.Rows;
using Integration.Adapters.Sql.Source.Dialects;

namespace Integration.Adapters.Sql.Source;

/// <summary>One row as the database gave it.</summary>
/// <param name="Columns">Shared by all rows of a result.</param>
/// <param name="Problem">Name of a column whose value cannot be read, which is null then; null: all could.</param>
internal sealed record SqlRow(SqlColumns Columns, object?[] Values, string? Problem)
{
    public object? this[string column] => Values[Columns.Of(column)];

    public RowValues As(string name) => new(name, Columns.Names, Values);

    /// <summary>The row the reader stands on. A value that .NET has no room for spoils its row, not the result.</summary>
    public static SqlRow Read(DbDataReader reader, SqlColumns columns, SqlDialect dialect)
    {
        var values = new object?[columns.Names.Count];
        string? problem = null;
        for (var i = 0; i < values.Length; i++)
        {
            try
            {
                values[i] = dialect.ValueOf(reader, i, columns.TypeOf(i));
            }
            catch (Exception e) when (e is OverflowException or InvalidCastException or FormatException or ArgumentException)
            {
                problem ??= columns.Names[i];
            }
        }

        return new SqlRow(columns, values, problem);
    }
}

/// <summary>The columns of a result.</summary>
internal sealed class SqlColumns
{
    private readonly string[] _types;

    public SqlColumns(DbDataReader reader)
    {
        Names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        _types = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetDataTypeName)];
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>What the database calls the column's type.</summary>
    public string TypeOf(int column) => _types[column];

    /// <summary>Position of a column, whatever letters are large.</summary>
    /// <exception cref="SqlSourceException">There is none of this name.</exception>
    public int Of(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new SqlSourceException($"The query gives no column {name}; it gives {string.Join(", ", Names)}. Correct the query or the feed's settings.", isPermanent: true);
    }
}

/// <summary>What becomes one message: a row, or the rows of one key.</summary>
/// <param name="Key">Values of the key columns.</param>
/// <param name="Position">Where it stands in the order of reading; null where it was not read in that order.</param>
internal sealed record SqlItem(IReadOnlyList<object> Key, SqlPosition? Position, IReadOnlyList<SqlRow> Rows)
{
    /// <summary>The key as people see it.</summary>
    public string KeyText => TextOf(Key);

    public static string TextOf(IEnumerable<object> key) => string.Join('|', key.Select(RowMessage.TextOf));
}
