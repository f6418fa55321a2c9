using System.Data.Common;
using System.Globalization;

namespace Integration.Adapters.Sql.Source.Dialects;

/// <summary>How a database is asked for the first rows of an order.</summary>
internal enum SqlPaging
{
    /// <summary><c>FETCH FIRST n ROWS ONLY</c> of SQL:2008: DB2, Oracle 12, DM8, KingbaseES.</summary>
    FetchFirst,

    /// <summary><c>LIMIT n</c>: MySQL, MariaDB, GBase.</summary>
    Limit,

    /// <summary><c>SELECT TOP n</c>: Sybase, Access.</summary>
    Top,

    /// <summary><c>ROWNUM &lt;= n</c> around the query: Oracle before 12.</summary>
    RowNum,
}

/// <summary>How parameters stand in a statement.</summary>
internal enum SqlParameters
{
    /// <summary><c>@p0</c>.</summary>
    At,

    /// <summary><c>:p0</c>, as Oracle and DM8 have it.</summary>
    Colon,

    /// <summary><c>?</c>, by their order, as DB2 and ODBC have it.</summary>
    Question,
}

/// <summary>A database whose ADO.NET provider a site has put beside the engine.</summary>
/// <param name="name">Of the provider, as the feed names it.</param>
internal sealed class ProviderDialect(string name, DbProviderFactory factory, SqlPaging paging, SqlParameters parameters) : SqlDialect
{
    public override DbConnection Connect(string connectionString, TimeSpan timeout)
    {
        var connection = factory.CreateConnection() ?? throw new ArgumentException($"The provider {name} makes no connections.");
        connection.ConnectionString = connectionString;
        return connection;
    }

    public override string Place(string connectionString)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return $"{name} {Of("Server", "Host", "Data Source", "DataSource")}/{Of("Database", "Initial Catalog", "Schema")}".TrimEnd('/', ' ');

        string Of(params string[] keys) => keys.Select(key => settings.TryGetValue(key, out var value) ? value.ToString() : null).FirstOrDefault(value => value is not null) ?? "";
    }

    public override string First(string what, string rest, int rows) => paging switch
    {
        SqlPaging.Limit => base.First(what, rest, rows),
        SqlPaging.Top => string.Create(CultureInfo.InvariantCulture, $"SELECT TOP {rows} {what} {rest}"),
        SqlPaging.RowNum => string.Create(CultureInfo.InvariantCulture, $"SELECT * FROM (SELECT {what} {rest}) WHERE ROWNUM <= {rows}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"SELECT {what} {rest} FETCH FIRST {rows} ROWS ONLY"),
    };

    public override string Parameter(int number) => parameters switch
    {
        SqlParameters.Colon => string.Create(CultureInfo.InvariantCulture, $":p{number}"),
        SqlParameters.Question => "?",
        _ => base.Parameter(number),
    };
}
