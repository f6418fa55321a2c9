using System.Globalization;
using Integration.Adapters.Sql.Polling;
using Integration.Core.Feeds;
using Npgsql;

namespace Integration.SystemTests.Sql;

/// <summary>Feeds that follow a logical slot of Debian's PostgreSQL: the record is the table, without a reconcile.</summary>
public sealed class LogicalSlotTests : IAsyncLifetime
{
    private static readonly (string, string)[] Settings = [("Watermark", ""), ("Changes", "LogicalSlot"), ("ChangeTables:public.visits:0", "visit_no"), ("MaxDeletes", "1")];

    private PostgresServer _server = null!;
    private TableEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        await _server.ExecuteAsync(TableEngine.Table + "ALTER TABLE visits REPLICA IDENTITY FULL; CREATE PUBLICATION integration FOR TABLE visits");
        await _server.ExecuteAsync("SELECT pg_create_logical_replication_slot('integration', 'pgoutput')");
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

    [Fact]
    public async Task EveryKindOfChange_ArrivesOnce()
    {
        await InsertAsync("V1", "甲科");
        await InsertAsync("V2", "甲科");
        await using var feed = Read();

        var first = await PollAsync(feed);
        await _server.ExecuteAsync("UPDATE visits SET dept_name = '悄科' WHERE visit_no = 'V1'; UPDATE visits SET visit_no = 'V9' WHERE visit_no = 'V2'");
        await InsertAsync("V3", "丙科");
        var second = await PollAsync(feed);
        await _server.ExecuteAsync("DELETE FROM visits WHERE visit_no = 'V3'");
        var third = await PollAsync(feed);
        var idle = await PollAsync(feed);

        Assert.Equal((2, 4, 1, 0), (first.Changed, second.Changed, third.Changed, idle.Read));
        await AssertEqualAsync();
    }

    [Fact]
    public async Task TwoOpenTransactions_ThatCommitInReverseOrder_BothArriveOnce()
    {
        await using var feed = Read();
        await PollAsync(feed);
        await using var first = await _server.OpenAsync();
        await using var second = await _server.OpenAsync();
        await Execute(first, "BEGIN; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('V1', 'P1', '甲科', now())");
        await Execute(second, "BEGIN; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('V2', 'P1', '乙科', now())");

        await Execute(second, "COMMIT");
        var early = await PollAsync(feed);
        await Execute(first, "COMMIT");
        var late = await PollAsync(feed);

        Assert.Equal((1, 1), (early.Changed, late.Changed));
        await AssertEqualAsync();
    }

    /// <summary>Server killed, feed begun anew: the slot still has what was not handed over.</summary>
    [Fact]
    public async Task Slot_AcrossRestartsOfBothSides_LosesNothing()
    {
        await using (var feed = Read())
        {
            await PollAsync(feed);
            await _server.ExecuteAsync("INSERT INTO visits (visit_no, patient_id, dept_name, update_time) SELECT 'V' || n, 'P' || n % 9, '甲科', now() FROM generate_series(1, 3000) n; CHECKPOINT");
            await _server.KillAsync();
            Assert.Null(await feed.PollAsync(CancellationToken.None));
        }

        await _server.RestartAsync();
        await _server.ExecuteAsync("DELETE FROM visits WHERE visit_no = 'V7'");
        await using var again = Read(("BatchSize", "100"));
        await PollAsync(again);

        Assert.DoesNotContain(again.Notices, notice => notice.Level == FeedNoticeLevel.Fault);
        Assert.Equal(2999, (await _engine.MessagesAsync()).Count);
        await AssertEqualAsync();
    }

    /// <summary>The log tells of a commit before queries see it: rows that are read too early would be lost here.</summary>
    [Fact]
    public async Task WritersAtFullSpeedBesidePolls_TheRecordEqualsTheTable()
    {
        await using var feed = Read(("BatchSize", "20"));
        await PollAsync(feed);
        var writers = Enumerable.Range(0, 3).Select(async writer =>
        {
            var random = new Random(writer);
            await using var connection = await _server.OpenAsync();
            for (var i = 0; i < 400; i++)
            {
                var visit = $"V{(writer * 10) + random.Next(5)}";
                await Execute(connection, random.Next(4) == 0
                    ? $"DELETE FROM visits WHERE visit_no = '{visit}'"
                    : $"DELETE FROM visits WHERE visit_no = '{visit}'; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('{visit}', 'P1', '科{i}', now())");
            }
        }).ToList();

        while (!Task.WhenAll(writers).IsCompleted)
        {
            await PollAsync(feed);
        }

        await Task.WhenAll(writers);
        await PollAsync(feed);
        await AssertEqualAsync();
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public async Task AnyInterleavingOfWritersAndPolls_TheRecordEqualsTheTable(int seed)
    {
        var random = new Random(seed);
        await using var feed = Read(("BatchSize", random.Next(1, 8).ToString(CultureInfo.InvariantCulture)));
        var writers = new[] { await _server.OpenAsync(), await _server.OpenAsync() };
        for (var step = 0; step < 150; step++)
        {
            var w = random.Next(writers.Length);
            var row = (w * 100) + random.Next(6);
            await (random.Next(8) switch
            {
                0 => Execute(writers[w], "BEGIN"),
                1 => Execute(writers[w], random.Next(3) == 0 ? "ROLLBACK" : "COMMIT"),
                2 or 3 => Execute(writers[w], $"DELETE FROM visits WHERE visit_no = 'V{row}'; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('V{row}', 'P1', '科{step}', now())"),
                4 or 5 => Execute(writers[w], $"UPDATE visits SET dept_name = '悄{step}' WHERE visit_no = 'V{row}'"),
                6 => Execute(writers[w], $"DELETE FROM visits WHERE visit_no = 'V{row}'"),
                _ => PollAsync(feed),
            });
        }

        foreach (var writer in writers)
        {
            await Execute(writer, "COMMIT");
            await writer.DisposeAsync();
        }

        await PollAsync(feed);
        await AssertEqualAsync();
    }

    /// <summary>What the slot does not tell, a comparison of everything finds.</summary>
    [Theory]
    [InlineData("TRUNCATE visits; INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('V5', 'P1', '戊科', now())")]
    [InlineData("DELETE FROM visits; SELECT pg_replication_slot_advance('integration', pg_current_wal_lsn())")]
    [InlineData("SELECT pg_drop_replication_slot('integration'); DELETE FROM visits WHERE visit_no = 'V1'; SELECT pg_create_logical_replication_slot('integration', 'pgoutput')")]
    public async Task Changes_ThatAreNotThere_HaveEverythingCompared(string lost)
    {
        await InsertAsync("V1", "甲科");
        await InsertAsync("V2", "乙科");
        await using var feed = Read();
        await PollAsync(feed);

        foreach (var statement in lost.Split("; "))
        {
            await _server.ExecuteAsync(statement);
        }

        var round = await PollAsync(feed);

        Assert.True(round.HadGap);
        Assert.False((await PollAsync(feed)).HadGap);
        await AssertEqualAsync();
    }

    [Fact]
    public async Task Slot_IsMovedOn_AlsoPastWhatOthersWrite()
    {
        await using var feed = Read();
        await PollAsync(feed);
        await _server.ExecuteAsync("CREATE TABLE others (t text); INSERT INTO others SELECT repeat('x', 1000) FROM generate_series(1, 30000)");

        await PollAsync(feed);

        await using var connection = await _server.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT (pg_current_wal_lsn() - confirmed_flush_lsn)::bigint FROM pg_replication_slots", connection);
        Assert.InRange((long)(await command.ExecuteScalarAsync())!, 0, 1_000_000);
    }

    [Theory]
    [InlineData("SELECT pg_drop_replication_slot('integration')", "pg_create_logical_replication_slot('integration', 'pgoutput')")]
    [InlineData("DROP PUBLICATION integration", "CREATE PUBLICATION integration FOR TABLE public.visits")]
    [InlineData("ALTER TABLE visits REPLICA IDENTITY DEFAULT; DELETE FROM visits", "ALTER TABLE public.visits REPLICA IDENTITY FULL")]
    public async Task Source_ThatDoesNotTell_IsAFaultThatSaysWhatToDo(string wrong, string remedy)
    {
        await InsertAsync("V1", "甲科");
        await using var feed = Read();
        await PollAsync(feed);

        await _server.ExecuteAsync(wrong);

        Assert.Null(await feed.PollAsync(CancellationToken.None));
        Assert.Contains(remedy, Assert.Single(feed.Notices, notice => notice.Level == FeedNoticeLevel.Fault).Text, StringComparison.Ordinal);
    }

    private SqlPollAdapter Read(params IEnumerable<(string, string)> settings) => _engine.Read(_server.ConnectionString, null, [.. Settings, .. settings]);

    private static async Task<SqlRound> PollAsync(SqlPollAdapter feed)
    {
        var round = await feed.PollAsync(CancellationToken.None);
        Assert.True(round is not null, string.Join(' ', feed.Notices.Select(notice => notice.Text)));
        return round;
    }

    private Task InsertAsync(string visit, string department) =>
        _server.ExecuteAsync($"INSERT INTO visits (visit_no, patient_id, dept_name, update_time) VALUES ('{visit}', 'P1', '{department}', now())");

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task AssertEqualAsync()
    {
        await _engine.RunAsync();
        await using var connection = await _server.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT visit_no, dept_name FROM visits", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            rows[reader.GetString(0)] = reader.GetString(1);
        }

        Assert.Equal(rows, await _engine.VisitsAsync());
    }
}
