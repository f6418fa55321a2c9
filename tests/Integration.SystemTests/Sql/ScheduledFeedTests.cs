using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Integration.SystemTests.Sql;

/// <summary>A feed with a cron schedule, in the real process: it asks at the start and then when the clock says so, and not in between.</summary>
public sealed class ScheduledFeedTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    [Fact]
    public async Task Schedule_EveryMinute_WakesTheFeedOnTheMinute()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var source = $"Data Source={Path.Combine(data.Path, "his.db")};Pooling=false";
        await ExecuteAsync(source, "CREATE TABLE patients (patient_id text PRIMARY KEY, name text); INSERT INTO patients VALUES ('P1', '王㛃')", cancellationToken);
        await using var engine = await EngineProcess.StartAsync(
            Path.Combine(data.Path, "engine"), cancellationToken, "--Feeds:his_patients:Enabled=true", "--Feeds:his_patients:Provider=Sqlite", $"--Feeds:his_patients:ConnectionString={source}",
            "--Feeds:his_patients:QueryFile=", "--Feeds:his_patients:Query=SELECT patient_id, name FROM patients", "--Feeds:his_patients:Watermark=", "--Feeds:his_patients:Reconcile=Off",
            "--Feeds:his_patients:Poll=1.00:00:00", "--Feeds:his_patients:Schedule=* * * * *");
        await WaitForAsync(engine, 1, cancellationToken);

        await ExecuteAsync(source, "INSERT INTO patients VALUES ('P2', '李玘')", cancellationToken);
        await WaitForAsync(engine, 2, cancellationToken);
        var message = (await MessagesAsync(engine, cancellationToken)).MaxBy(m => (DateTimeOffset)m["received"]!)!;

        // Whatever second the test began at, the row came just behind the full minute.
        Assert.InRange(((DateTimeOffset)message["received"]!).Second, 0, 20);
    }

    private static async Task WaitForAsync(EngineProcess engine, int messages, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); (await MessagesAsync(engine, cancellationToken)).Count < messages; await Task.Delay(200, cancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, engine.Output);
        }
    }

    private static Task<List<System.Text.Json.Nodes.JsonNode>> MessagesAsync(EngineProcess engine, CancellationToken cancellationToken) =>
        engine.GetAllAsync("/api/v1/messages?feed=his_patients&limit=100", cancellationToken);

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
