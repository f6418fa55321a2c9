using System.Globalization;
using System.Text.Json.Nodes;
using Integration.SystemTests.Faults;
using Integration.SystemTests.FollowUps;
using Npgsql;

namespace Integration.SystemTests.Sql;

/// <summary>Events handed over as rows to a real PostgreSQL, which is killed, as is the engine; and the sample receiver in SQL that takes them.</summary>
public sealed class SqlTableCrashTests(ITestOutputHelper output)
{
    private static readonly string Samples = Path.Combine(RepositoryRoot.Path, "samples", "receivers", "sql");

    [Fact]
    public async Task Kill_ServerAndEngineWhileRowsAreHandedOver_EachRowIsThereOnceAndInOrder()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        await using var server = await PostgresServer.StartAsync();
        await MakeTableAsync(server, cancellationToken);
        string[] settings =
        [
            "--FollowUps:Sweep=00:00:01", .. EventProof.Destination("table", "Sql.Table"), "--Destinations:table:Provider=PostgreSql",
            $"--Destinations:table:ConnectionString={server.ConnectionString}",
        ];
        var results = new CriticalResults(patients: 30, results: 5);
        await using (var killed = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, settings))
        {
            var sending = results.SendAsync(killed.MllpPort, mostMillisecondsBetween: 60);
            await WaitAsync(async () => await CountAsync(server) > 20, cancellationToken);
            await server.KillAsync();
            await WaitAsync(async () => await WaitingAsync(killed, cancellationToken) > 20, cancellationToken);
            await server.RestartAsync();
            killed.Kill();
            await sending;
        }

        var before = await CountAsync(server);
        await using var engine = await EngineProcess.StartAsync(Path.Combine(data.Path, "engine"), cancellationToken, settings);
        await results.SendAsync(engine.MllpPort, mostMillisecondsBetween: 0);
        await engine.DrainAsync(TimeSpan.FromMinutes(1), cancellationToken);
        await WaitAsync(async () => (await engine.GetAllAsync("/api/v1/follow-ups?rule=critical-result&state=due&limit=500", cancellationToken)).Count == results.Count, cancellationToken);
        await EventProof.WaitForDeliveryAsync(engine, TimeSpan.FromMinutes(1), cancellationToken);
        var stored = await EventProof.EventsOfAsync(engine, cancellationToken);
        var rows = await RowsAsync(server, cancellationToken);

        output.WriteLine($"events {stored.Count}, rows {rows.Count}, of which {before} before the engine was killed");
        Assert.InRange(before, 1, rows.Count - 1);
        Assert.Equal(stored.Count, rows.Count);
        EventProof.AssertAllAndNothingElse(stored, rows);
        EventProof.AssertInOrder(rows);
        await AssertReceiverTakesAllOnceAsync(server, stored, cancellationToken);
    }

    private static async Task AssertReceiverTakesAllOnceAsync(PostgresServer server, List<JsonNode> stored, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("CREATE TABLE call_list (event_id VARCHAR(64) PRIMARY KEY, patient_id VARCHAR(100), rule TEXT NOT NULL, team TEXT NOT NULL, due TIMESTAMPTZ NOT NULL)");
        var take = await File.ReadAllTextAsync(Path.Combine(Samples, "take_events.sql"), cancellationToken);
        for (var left = await CountAsync(server, "WHERE status = 'new'"); left > 0;)
        {
            await server.ExecuteAsync(take);
            var now = await CountAsync(server, "WHERE status = 'new'");
            Assert.True(now < left, "The receiver takes no rows.");
            left = now;
        }

        var calls = new List<string>();
        await using var connection = await server.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT event_id FROM call_list WHERE rule = 'critical-result' AND team = 'ward-duty'", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calls.Add(reader.GetString(0));
        }

        Assert.Equal(stored.Where(e => (string)e["type"]! == "followUp.due").Select(EventProof.IdOf).Order(StringComparer.Ordinal), calls.Order(StringComparer.Ordinal));
    }

    /// <summary>The table of the samples, which remembers in which order its rows came.</summary>
    internal static async Task MakeTableAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(Samples, "patient_events.sql"), cancellationToken));
        await server.ExecuteAsync("ALTER TABLE patient_events ADD COLUMN arrival BIGSERIAL");
    }

    /// <summary>The rows as events, in the order in which they came.</summary>
    internal static async Task<List<JsonNode>> RowsAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        await using var connection = await server.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT event_id, patient_id, recorded FROM patient_events ORDER BY arrival", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<JsonNode>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new JsonObject
            {
                ["id"] = reader.GetString(0),
                ["partitionkey"] = reader.IsDBNull(1) ? null : reader.GetString(1),
                ["recordedtime"] = reader.GetDateTime(2).ToString("O", CultureInfo.InvariantCulture),
            });
        }

        return events;
    }

    private static async Task<long> CountAsync(PostgresServer server, string where = "")
    {
        await using var connection = await server.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM patient_events {where}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> WaitingAsync(EngineProcess engine, CancellationToken cancellationToken) =>
        (await engine.GetJsonAsync("/api/v1/destinations", cancellationToken))["items"]!.AsArray().Sum(d => d!["counts"]!["waiting"]!.GetValue<long>());

    private static async Task WaitAsync(Func<Task<bool>> until, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await until())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
