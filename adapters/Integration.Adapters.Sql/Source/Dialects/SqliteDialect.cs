using System.Data.Common;
using System.Globalization;
using Integration.Core.Events;
using Microsoft.Data.Sqlite;

namespace Integration.Adapters.Sql.Source.Dialects;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    public override string Explain => "EXPLAIN QUERY PLAN ";

    public override DbConnection Connect(string connectionString, TimeSpan timeout) => Connection(connectionString, timeout, SqliteOpenMode.ReadOnly);

    public override DbConnection ConnectToWrite(string connectionString, TimeSpan timeout) => Connection(connectionString, timeout, SqliteOpenMode.ReadWrite);

    public override object Time(DateTimeOffset moment) => moment.UtcDateTime.ToString(CloudEvent.TimeFormat, CultureInfo.InvariantCulture);

    public override string Place(string connectionString) => $"SQLite {Path.GetFileName(new SqliteConnectionStringBuilder(connectionString).DataSource)}";

    public override SqlSourceException? Explained(Exception exception, string what, TimeSpan timeout) => exception switch
    {
        SqliteException { SqliteErrorCode: 1 } e => SqlFailure.WrongQuery(what, e.Message, e),
        SqliteException { SqliteErrorCode: 8 } e => SqlFailure.Writes(what, e),
        SqliteException e => new($"{what}: SQLite answers {e.SqliteErrorCode}.", e),
        _ => null,
    };

    private static SqliteConnection Connection(string connectionString, TimeSpan timeout, SqliteOpenMode mode) =>
        new(new SqliteConnectionStringBuilder(connectionString) { Mode = mode, Pooling = false, DefaultTimeout = Seconds(timeout) }.ConnectionString);
}
