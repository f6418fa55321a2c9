using Integration.Adapters.Sql.Polling;
using Microsoft.Data.SqlClient;

namespace Integration.SystemTests.Sql;

/// <summary>The feeds on the SQL Server that <c>SQLSERVER_CONNECTION</c> names, an empty database that its account owns; <c>./test</c> runs them where it is set.</summary>
public sealed class SqlServerTests : IAsyncLifetime
{
    private const string Query = "SELECT visit_no, patient_id, 'O' AS visit_type, 'D1' AS dept_code, dept_name, update_time FROM visits";

    private readonly string _connection = Environment.GetEnvironmentVariable("SQLSERVER_CONNECTION") ?? "";
    private TableEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.True(_connection.Length > 0, "Set SQLSERVER_CONNECTION to an empty database.");
        await ExecuteAsync("""
            IF OBJECT_ID(N'dbo.visits') IS NOT NULL DROP TABLE dbo.visits;
            CREATE TABLE dbo.visits (visit_no nvarchar(20) NOT NULL PRIMARY KEY, patient_id nvarchar(20), dept_name nvarchar(50), update_time datetime NOT NULL, rv rowversion);
            CREATE INDEX visits_time ON dbo.visits (update_time, visit_no)
            """);
        _engine = await TableEngine.StartAsync(_connection);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }

    [Theory(Explicit = true)]
    [InlineData("update_time", "")]
    [InlineData("rv", "rv < MIN_ACTIVE_ROWVERSION()")]
    public async Task TwoOpenTransactions_ThatCommitInReverseOrder_BothArriveOnce(string watermark, string settled)
    {
        // Rows that a transaction has not committed are locked for readers unless the database keeps row versions.
        await ExecuteAsync("ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE");
        await using var feed = Read(("Watermark", watermark), ("Settled", settled), ("Query", Query.Replace("update_time", watermark == "rv" ? "update_time, rv" : "update_time", StringComparison.Ordinal)));
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await ExecuteAsync(first, "BEGIN TRANSACTION; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES (N'V1', N'P1', N'甲科', GETDATE())");
        await ExecuteAsync(second, "BEGIN TRANSACTION; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES (N'V2', N'P1', N'乙科', GETDATE())");

        await ExecuteAsync(second, "COMMIT");
        await PollAsync(feed);
        await ExecuteAsync(first, "COMMIT");
        await PollAsync(feed);
        await PollAsync(feed);

        await _engine.RunAsync();
        Assert.Equal(2, (await _engine.MessagesAsync()).Count);
        Assert.Equal(["V1", "V2"], (await _engine.VisitsAsync()).Keys);
    }

    [Theory(Explicit = true)]
    [InlineData("ChangeTracking")]
    [InlineData("Cdc")]
    public async Task ChangesThatTheServerNotes_MakeTheRecordTheTable(string changes)
    {
        await ExecuteAsync(changes == "Cdc"
            ? "IF (SELECT is_cdc_enabled FROM sys.databases WHERE database_id = DB_ID()) = 0 EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'visits', @role_name = NULL"
            : "IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_databases WHERE database_id = DB_ID()) ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON; ALTER TABLE dbo.visits ENABLE CHANGE_TRACKING");
        await InsertAsync("V1");
        await InsertAsync("V2");
        await using var feed = Read(("Watermark", ""), ("Changes", changes), ($"ChangeTables:{(changes == "Cdc" ? "dbo_visits" : "dbo.visits")}:0", "visit_no"), ("MaxDeletes", "1"));

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await feed.PollAsync(limit.Token) is null)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), limit.Token);   // the capture job begins when it likes
        }

        await ExecuteAsync("UPDATE visits SET dept_name = N'悄科' WHERE visit_no = N'V1'; DELETE FROM visits WHERE visit_no = N'V2'");
        await InsertAsync("V3");
        while ((await _engine.VisitsAsync()) is var visits && !(visits.GetValueOrDefault("V1") == "悄科" && !visits.ContainsKey("V2") && visits.ContainsKey("V3")))
        {
            await PollAsync(feed);
            await _engine.RunAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
        }

        Assert.Equal(["V1", "V3"], (await _engine.VisitsAsync()).Keys);
    }

    private SqlPollAdapter Read(params IEnumerable<(string, string)> settings) => _engine.Read(_connection, null, [("Provider", "SqlServer"), ("Query", Query), .. settings]);

    private static async Task PollAsync(SqlPollAdapter feed) =>
        Assert.True(await feed.PollAsync(CancellationToken.None) is not null, string.Join(' ', feed.Notices.Select(notice => notice.Text)));

    private Task InsertAsync(string visit) => ExecuteAsync($"INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES (N'{visit}', N'P1', N'甲科', GETDATE())");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await ExecuteAsync(connection, sql);
    }

    private async Task<SqlConnection> OpenAsync()
    {
        var connection = new SqlConnection(_connection);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(SqlConnection connection, string sql)
    {
        await using var command = new SqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
