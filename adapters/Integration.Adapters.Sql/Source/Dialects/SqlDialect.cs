using System.Data.Common;
using System.Globalization;

namespace Integration.Adapters.Sql.Source.Dialects;

/// <summary>How one kind of database is reached and written to. Stateless.</summary>
internal abstract class SqlDialect
{
    /// <summary>Those that need no assembly beside the engine, by what <c>Provider</c> calls them.</summary>
    public static IReadOnlyDictionary<string, SqlDialect> BuiltIn { get; } = new Dictionary<string, SqlDialect>(StringComparer.OrdinalIgnoreCase)
    {
        ["PostgreSql"] = new PostgreSqlDialect(),
        ["SqlServer"] = new SqlServerDialect(),
        ["Sqlite"] = new SqliteDialect(),
    };

    /// <summary>A connection, not opened; one that cannot write, whatever the account may, where the database has such.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public abstract DbConnection Connect(string connectionString, TimeSpan timeout);

    /// <summary>A connection that may write, not opened.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public virtual DbConnection ConnectToWrite(string connectionString, TimeSpan timeout) => Connect(connectionString, timeout);

    /// <summary>Inserts a row unless there is one with the same first column. Parameters are named as the columns.</summary>
    public virtual string InsertOnce(string table, IReadOnlyList<string> columns) =>
        $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES ({string.Join(", ", columns.Select(column => "@" + column))}) ON CONFLICT ({columns[0]}) DO NOTHING";

    /// <summary>A moment as the value of a parameter.</summary>
    public virtual object Time(DateTimeOffset moment) => moment.UtcDateTime;

    /// <summary>Where it is, for people: no user, no password.</summary>
    public abstract string Place(string connectionString);

    /// <summary>Asks how many tables the account could write to; null where the database cannot be asked.</summary>
    public virtual string? WritableTables => null;

    /// <summary>Before a statement: tells how it would be carried out, the text in the last column. Null where the database needs more than that.</summary>
    public virtual string? Explain => null;

    /// <summary>A SELECT of the first rows.</summary>
    /// <param name="what">Columns.</param>
    /// <param name="rest">From FROM to ORDER BY.</param>
    public virtual string First(string what, string rest, int rows) => string.Create(CultureInfo.InvariantCulture, $"SELECT {what} {rest} LIMIT {rows}");

    /// <summary>What stands in a statement for its parameter of this number, from 0.</summary>
    public virtual string Parameter(int number) => string.Create(CultureInfo.InvariantCulture, $"@p{number}");

    /// <summary>Gives a parameter its value, in the type that compares as the column does.</summary>
    public virtual void Bind(DbParameter parameter, object value) => parameter.Value = value;

    /// <summary>A value of the row that the reader stands on, null for SQL NULL; in a type that <see cref="Bind"/> gives back unchanged.</summary>
    public virtual object? ValueOf(DbDataReader reader, int column, string type) =>
        reader.IsDBNull(column) ? null
        : type.Equals("date", StringComparison.OrdinalIgnoreCase) && reader.GetValue(column) is DateTime day ? DateOnly.FromDateTime(day)
        : reader.GetValue(column);

    /// <summary>What is wrong, for an operator; null when the exception is none of this database's own.</summary>
    /// <param name="what">What was tried, e.g. <c>The query failed</c>.</param>
    public virtual SqlSourceException? Explained(Exception exception, string what, TimeSpan timeout) => null;

    protected static int Seconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}
