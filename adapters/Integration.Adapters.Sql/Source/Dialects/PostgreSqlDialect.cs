using System.Data.Common;
using Npgsql;

namespace Integration.Adapters.Sql.Source.Dialects;

/// <summary>PostgreSQL 10 and later, and what speaks its protocol.</summary>
internal sealed class PostgreSqlDialect : SqlDialect
{
    public override string WritableTables =>
        "SELECT count(*) FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') "
        + "AND has_table_privilege(quote_ident(table_schema) || '.' || quote_ident(table_name), 'INSERT, UPDATE, DELETE, TRUNCATE')";

    public override string Explain => "EXPLAIN ";

    public override DbConnection Connect(string connectionString, TimeSpan timeout)
    {
        var settings = Settings(connectionString, timeout);
        settings.Options = $"{settings.Options} -c default_transaction_read_only=on".TrimStart();
        return new NpgsqlConnection(settings.ConnectionString);
    }

    public override DbConnection ConnectToWrite(string connectionString, TimeSpan timeout) => new NpgsqlConnection(Settings(connectionString, timeout).ConnectionString);

    public override object Time(DateTimeOffset moment) => moment.ToUniversalTime();

    public override string Place(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database}";
    }

    public override SqlSourceException? Explained(Exception exception, string what, TimeSpan timeout) => exception switch
    {
        PostgresException { SqlState: "57014" } => SqlFailure.TooSlow(what, timeout, exception),
        PostgresException { SqlState: "3D000" } e => new($"{what}: {e.MessageText}. Check ConnectionString.", e, isPermanent: true),
        PostgresException { SqlState: "25006" } e => SqlFailure.Writes(what, e),
        PostgresException { SqlState: ['4', '2', ..] } e => SqlFailure.WrongQuery(what, e.MessageText, e),
        NpgsqlException { InnerException: TimeoutException } => SqlFailure.TooSlow(what, timeout, exception),
        _ => null,
    };

    private static NpgsqlConnectionStringBuilder Settings(string connectionString, TimeSpan timeout) =>
        new(connectionString) { ApplicationName = "integration-engine", CommandTimeout = Seconds(timeout) };
}
