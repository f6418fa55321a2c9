using System.Data;
using System.Data.Common;
using System.Data.SqlTypes;
using System.Globalization;
using Microsoft.Data.SqlClient;

namespace Integration.Adapters.Sql.Source.Dialects;

/// <summary>Microsoft SQL Server. Statements keep to what version 2000 understands; which versions can be reached is the client's matter.</summary>
/// <remarks>A session cannot be made read-only, but the site's query stands inside a derived table, where nothing but a SELECT may stand.</remarks>
internal sealed class SqlServerDialect : SqlDialect
{
    public override string WritableTables =>
        "SELECT COUNT(*) FROM sys.tables t WHERE 1 IN (" + string.Join(", ", new[] { "INSERT", "UPDATE", "DELETE" }.Select(right =>
            $"HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME(t.schema_id)) + '.' + QUOTENAME(t.name), 'OBJECT', '{right}')")) + ")";

    public override DbConnection Connect(string connectionString, TimeSpan timeout) => new SqlConnection(
        new SqlConnectionStringBuilder(connectionString) { ApplicationName = "integration-engine", CommandTimeout = Seconds(timeout) }.ConnectionString);

    // The locks keep a second writer of the same row out until this one is in.
    public override string InsertOnce(string table, IReadOnlyList<string> columns) =>
        $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", columns.Select(column => "@" + column))} "
        + $"WHERE NOT EXISTS (SELECT 1 FROM {table} WITH (UPDLOCK, HOLDLOCK) WHERE {columns[0]} = @{columns[0]})";

    public override string Place(string connectionString)
    {
        var settings = new SqlConnectionStringBuilder(connectionString);
        return $"SQL Server {settings.DataSource}/{settings.InitialCatalog}";
    }

    public override string First(string what, string rest, int rows) => string.Create(CultureInfo.InvariantCulture, $"SELECT TOP ({rows}) {what} {rest}");

    // A datetime counts in 1/300 s: only as such does it come back to what it was, and only a datetime2 keeps the digits of one.
    public override object? ValueOf(DbDataReader reader, int column, string type) =>
        type.Equals("datetime", StringComparison.OrdinalIgnoreCase) && !reader.IsDBNull(column)
            ? reader.GetFieldValue<SqlDateTime>(column)
            : base.ValueOf(reader, column, type);

    public override void Bind(DbParameter parameter, object value)
    {
        var given = (SqlParameter)parameter;
        switch (value)
        {
            case SqlDateTime:
                given.SqlDbType = SqlDbType.DateTime;
                break;
            case DateTime:
                given.SqlDbType = SqlDbType.DateTime2;
                break;
            case DateOnly:
                given.SqlDbType = SqlDbType.Date;
                break;
        }

        given.Value = value;
    }

    public override SqlSourceException? Explained(Exception exception, string what, TimeSpan timeout) => exception switch
    {
        SqlException { Number: -2 } => SqlFailure.TooSlow(what, timeout, exception),
        SqlException { Number: 18456 or 18452 or 18470 or 18487 or 18488 } e => SqlFailure.NotLetIn(what, e.Number.ToString(CultureInfo.InvariantCulture), e),
        SqlException { Number: 4060 or 911 } e => new($"{what}: there is no such database, or the account may not use it. Check ConnectionString.", e, isPermanent: true),
        SqlException { Number: 102 or 156 or 207 or 208 or 209 or 229 or 230 or 1033 or 8155 or 8156 } e => SqlFailure.WrongQuery(what, e.Errors[0].Message, e),
        SqlException { Number: -2146893019 or 20 } e => new(
            $"{what}: its certificate is not trusted. Have it get one that is, or put TrustServerCertificate=true (or Encrypt=Optional for very old servers) into ConnectionString.", e, isPermanent: true),
        SqlException { Number: 53 or 258 or 10060 or 10061 or 11001 or 0 or -1 or 2 or 40 or 121 or 10054 } e => SqlFailure.NothingAnswers(what, e.Number.ToString(CultureInfo.InvariantCulture), e),
        SqlException e => new($"{what}: the database answers {e.Number}.", e),
        _ => null,
    };
}
