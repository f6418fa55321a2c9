using System.Globalization;
using Integration.Core.Intake;
using Npgsql;

namespace Integration.SystemTests.Sql;

/// <summary>Issue 8 with Debian's PostgreSQL: writers whose transactions overlap, equal times, a server that is killed in mid-poll. No row is lost or doubled.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private PostgresServer _server = null!;
    private TableEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        await _server.ExecuteAsync(TableEngine.Table);
        _engine = await TableEngine.StartAsync(_server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("update_time")]
    [InlineData("id")]
    public async Task TwoOpenTransactions_ThatCommitInReverseOrder_BothArriveOnce(string watermark)
    {
        await using var feed = _engine.Read(_server.ConnectionString, null, ("Watermark", watermark), ("Query", "SELECT id, visit_no, patient_id, 'O' AS visit_type, dept_name, update_time FROM visits"));
        await using var first = await _server.OpenAsync();
        await using var second = await _server.OpenAsync();
        await InsertAsync(first, "BEGIN; ", "V1", "clock_timestamp()");
        await InsertAsync(second, "BEGIN; ", "V2", "clock_timestamp()");

        await Execute(second, "COMMIT");
        await feed.PollAsync(CancellationToken.None);
        await Execute(first, "COMMIT");
        await feed.PollAsync(CancellationToken.None);
        await feed.PollAsync(CancellationToken.None);

        await _engine.RunAsync();
        Assert.Equal(2, (await _engine.MessagesAsync()).Count);
        Assert.Equal(["V1", "V2"], (await _engine.VisitsAsync()).Keys);
    }

    [Fact]
    public async Task Settled_KeepsBackWhatAnOpenTransactionMayStillComeBelow()
    {
        await _server.ExecuteAsync("ALTER TABLE visits ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id()");
        await using var feed = _engine.Read(
            _server.ConnectionString, null, ("Watermark", "tx"), ("Settled", "tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
            ("Query", "SELECT visit_no, patient_id, 'O' AS visit_type, dept_name, update_time, tx::text::bigint AS tx FROM visits"));
        await using var first = await _server.OpenAsync();
        await InsertAsync(first, "BEGIN; ", "V1", "clock_timestamp()");
        await using var second = await _server.OpenAsync();
        await InsertAsync(second, "", "V2", "clock_timestamp()");

        var early = await feed.PollAsync(CancellationToken.None);
        await Execute(first, "COMMIT");
        var late = await feed.PollAsync(CancellationToken.None);
        var idle = await feed.PollAsync(CancellationToken.None);

        Assert.Equal((0, 2, 0), (early!.Changed, late!.Changed, idle!.Changed));
        Assert.InRange(idle.Read, 0, 1);
    }

    [Fact]
    public async Task ServerKilledInMidPoll_IsTold_AndEveryRowArrivesOnce()
    {
        await FillAsync(1, 20_000, "'2026-03-01 08:00:00'");
        await using var feed = _engine.Read(_server.ConnectionString, null, ("BatchSize", "100"));

        var poll = feed.PollAsync(CancellationToken.None);
        while ((await _engine.MessagesAsync()).Count == 0)
        {
            await Task.Yield();
        }

        await _server.KillAsync();
        Assert.Null(await poll);
        Assert.Equal("connecting", feed.Transport.Link!.State);
        Assert.Null(await feed.PollAsync(CancellationToken.None));
        Assert.Contains("database cannot be opened", Assert.Single(feed.Notices, notice => notice.Level == Core.Feeds.FeedNoticeLevel.Fault).Text);
        await _server.RestartAsync();
        Assert.NotNull(await feed.PollAsync(CancellationToken.None));

        var messages = await _engine.MessagesAsync();
        Assert.Equal(20_000, messages.Count);
        Assert.All(messages, message => Assert.Equal(MessageState.Waiting, message.State));
    }

    [Fact]
    public async Task FiveThousandRowsInOneSecond_EngineKilledMidWay_AreFiveThousandMessages()
    {
        await FillAsync(1, 5000, "'2026-03-01 08:00:00'");
        using var folder = new TemporaryFolder();
        var arguments = TableEngine.Arguments(_server.ConnectionString, ("BatchSize", "1000"), ("Poll", "00:00:01"));
        await using (var killed = await EngineProcess.StartAsync(folder.Path, CancellationToken.None, arguments))
        {
            await WaitAsync(async () => await CountAsync(killed) is > 0);
            killed.Kill();
            await killed.DiedAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        }

        await using var engine = await EngineProcess.StartAsync(folder.Path, CancellationToken.None, arguments);
        await WaitAsync(async () => await CountAsync(engine) >= 5000 && await CountAsync(engine, "waiting") == 0);

        Assert.Equal(5000, await CountAsync(engine));
        Assert.Equal(5000, await CountAsync(engine, "done"));
    }

    [Fact]
    public async Task ValueThatDotNetHasNoRoomFor_SpoilsItsRowAlone()
    {
        await FillAsync(1, 10, "'2026-03-01 08:00:00'");
        await _server.ExecuteAsync("UPDATE visits SET amount = 1e60 WHERE id = 3");
        await using var feed = _engine.Read(_server.ConnectionString);

        await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();

        var messages = await _engine.MessagesAsync();
        Assert.Equal(9, messages.Count(message => message.State == MessageState.Done));
        var failed = Assert.Single(messages, message => message.State == MessageState.Failed);
        Assert.Equal("amount", Assert.Single(failed.Issues).Place);
    }

    [Fact]
    public async Task PollThatFindsNothing_AsksForARangeOfTheIndex()
    {
        await FillAsync(1, 50_000, "timestamp '2026-03-01 08:00:00' + n * interval '1 second'");
        await _server.ExecuteAsync("ANALYZE visits");
        var statements = new Adapters.Sql.Source.SqlStatements(
            Adapters.Sql.Source.Dialects.SqlDialect.BuiltIn["PostgreSql"], "SELECT visit_no, dept_name, update_time FROM visits", "update_time", ["visit_no"], isGrouped: false, settled: null);
        var from = new DateTime(2026, 3, 1, 21, 53, 20);

        var plan = await PlanAsync(statements.Page(from, null, 1000));
        var next = await PlanAsync(statements.Page(from, new Adapters.Sql.Source.SqlPosition(from, ["V50000"]), 1000));

        Assert.All([plan, next], text =>
        {
            Assert.Contains("visits_time", text);
            Assert.DoesNotContain("Seq Scan", text);
            Assert.DoesNotContain("Sort", text);
        });
    }

    [Fact]
    public async Task LockedTable_IsATimeOutThatIsTold_AndTheSourceHasNoSessionLeft()
    {
        await FillAsync(1, 10, "'2026-03-01 08:00:00'");
        await using var locker = await _server.OpenAsync();
        await Execute(locker, "BEGIN; LOCK TABLE visits IN ACCESS EXCLUSIVE MODE");
        await using var feed = _engine.Read(_server.ConnectionString, null, ("Timeout", "00:00:01"));

        Assert.Null(await feed.PollAsync(CancellationToken.None));
        Assert.Contains("longer than 00:00:01", Assert.Single(feed.Notices, notice => notice.Level == Core.Feeds.FeedNoticeLevel.Fault).Text);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'integration-engine'", locker);
        Assert.True((long)(await count.ExecuteScalarAsync())! <= 1, "One connection a feed at most.");
        await Execute(locker, "COMMIT");

        Assert.Equal(10, (await feed.PollAsync(CancellationToken.None))!.Changed);
        Assert.DoesNotContain(feed.Notices, notice => notice.Level == Core.Feeds.FeedNoticeLevel.Fault);
    }

    [Fact]
    public async Task Account_ThatMayWrite_IsAWarning_AndCannotWriteAllTheSame()
    {
        await _server.ExecuteAsync("CREATE ROLE reader LOGIN; GRANT SELECT ON visits TO reader");
        await using var writer = _engine.Read(_server.ConnectionString);
        await using var reader = _engine.Read(_server.ConnectionString.Replace("Username=postgres", "Username=reader", StringComparison.Ordinal));
        await using var writing = _engine.Read(
            _server.ConnectionString, null, ("Query", "SELECT visit_no, set_config('x.y', 'z', false) AS dept_name, nextval('visits_id_seq') AS id, update_time FROM visits"));
        await FillAsync(1, 2, "'2026-03-01 08:00:00'");

        await writer.PollAsync(CancellationToken.None);
        await reader.PollAsync(CancellationToken.None);

        Assert.Contains("may write to 1 tables", Assert.Single(writer.Notices).Text);
        Assert.Empty(reader.Notices);
        Assert.Null(await writing.PollAsync(CancellationToken.None));
        Assert.Contains(writing.Notices, notice => notice.Text.Contains("only reads", StringComparison.Ordinal));
    }

    /// <summary>Writers with open transactions, roll-backs, silent updates and deletes, between polls of small pages: behind the last reconcile the record is the table.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task AnyInterleavingOfWritersAndPolls_TheRecordEqualsTheTable(int seed)
    {
        var random = new Random(seed);
        await using var feed = _engine.Read(_server.ConnectionString, null, ("BatchSize", random.Next(1, 8).ToString(CultureInfo.InvariantCulture)), ("MaxDeletes", "1"), ("Overlap", "00:00:00"));
        var writers = new[] { await _server.OpenAsync(), await _server.OpenAsync(), await _server.OpenAsync() };
        for (var step = 0; step < 120; step++)
        {
            var w = random.Next(writers.Length);
            var row = (w * 100) + random.Next(8);   // each writer has rows of its own: none waits for another
            await (random.Next(8) switch
            {
                0 => Execute(writers[w], "BEGIN"),
                1 => Execute(writers[w], random.Next(3) == 0 ? "ROLLBACK" : "COMMIT"),
                2 or 3 => Execute(writers[w], $"DELETE FROM visits WHERE visit_no = 'V{row}'; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('V{row}', 'P{row % 3}', '科{step}', now())"),
                4 => Execute(writers[w], $"UPDATE visits SET dept_name = '改{step}', update_time = now() WHERE visit_no = 'V{row}'"),
                5 => Execute(writers[w], $"UPDATE visits SET dept_name = '悄{step}' WHERE visit_no = 'V{row}'"),
                6 => Execute(writers[w], $"DELETE FROM visits WHERE visit_no = 'V{row}'"),
                _ => feed.PollAsync(CancellationToken.None),
            });
        }

        foreach (var writer in writers)
        {
            await Execute(writer, "COMMIT");
            await writer.DisposeAsync();
        }

        await feed.PollAsync(CancellationToken.None);
        await feed.ReconcileAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.True((await feed.ReconcileAsync(CancellationToken.None))!.IsEqual);
        Assert.Equal(await TableAsync(), await _engine.VisitsAsync());
    }

    private static Task InsertAsync(NpgsqlConnection connection, string before, string visit, string time) =>
        Execute(connection, $"{before}INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('{visit}', 'P1', '甲科', {time})");

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private Task FillAsync(int from, int to, string time) => _server.ExecuteAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"INSERT INTO visits (visit_no, patient_id, dept_name, update_time) SELECT 'V' || n, 'P' || n % 100, '甲科', ({time})::timestamp FROM generate_series({from}, {to}) n"));

    private async Task<SortedDictionary<string, string>> TableAsync()
    {
        await using var connection = await _server.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT visit_no, dept_name FROM visits", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            rows[reader.GetString(0)] = reader.GetString(1);
        }

        return rows;
    }

    private async Task<string> PlanAsync(Adapters.Sql.Source.SqlStatement statement)
    {
        await using var connection = await _server.OpenAsync();
        await using var command = new NpgsqlCommand("EXPLAIN " + statement.Text, connection);
        foreach (var (i, value) in statement.Values.Index())
        {
            command.Parameters.AddWithValue($"p{i}", value);
        }

        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }

    private static async Task<long> CountAsync(EngineProcess engine, string? state = null)
    {
        var feeds = await engine.GetJsonAsync("/api/v1/feeds", CancellationToken.None);
        var counts = feeds["items"]!.AsArray().Single(feed => (string)feed!["name"]! == "table")!["counts"]!.AsObject();
        return counts.Where(count => state is null || count.Key.Equals(state, StringComparison.OrdinalIgnoreCase)).Sum(count => (long)count.Value!);
    }

    private static async Task WaitAsync(Func<Task<bool>> until)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await until())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }
}
