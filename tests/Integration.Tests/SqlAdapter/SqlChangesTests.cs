using Integration.Adapters.Sql.Polling;
using Integration.Adapters.Sql.Source;
using Integration.Adapters.Sql.Source.Changes;
using Integration.Adapters.Sql.Source.Dialects;

namespace Integration.Tests.SqlAdapter;

/// <summary>Feeds that follow what a database notes of its changes, as far as no server is needed: paging of SQL Server's change tables (on one of SQLite that triggers fill), statements, settings and <c>pgoutput</c>.</summary>
public sealed class SqlChangesTests : IDisposable
{
    private static readonly ChangedTable[] Bills = [new("dbo.bill", ["bill_no"]), new("dbo.bill_line", ["bill_no"])];

    private readonly SampleDatabase _database = SampleDatabase.Of("""
        CREATE TABLE changes (version integer, name text, bill_no text);
        CREATE TABLE least (name text, version integer);
        INSERT INTO least VALUES ('dbo.bill', 0), ('dbo.bill_line', 0);
        """);

    public void Dispose() => _database.Dispose();

    [Fact]
    public async Task Pages_AreCutBetweenTransactions_AndNoTableRunsAhead()
    {
        // Version 3 is one transaction of three bills: it is larger than a page.
        _database.Execute("INSERT INTO changes VALUES (1, 'dbo.bill', 'B1'), (2, 'dbo.bill_line', 'B1'), (3, 'dbo.bill', 'B2'), (3, 'dbo.bill', 'B3'), (3, 'dbo.bill', 'B4'), (4, 'dbo.bill', 'B5'), (5, 'dbo.bill_line', 'B2')");

        var pages = await FollowAsync(since: 0L, keys: 2);

        Assert.Equal(["B1,B2,B3,B4", "B5,B2"], pages.Select(page => string.Join(',', page.Keys.Select(SqlItem.TextOf).Distinct())));
        Assert.Equal([3L, 5L], pages.Select(page => page.Next));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AnyChanges_InPagesOfAnySize_AreAllSeen(int seed)
    {
        var random = new Random(seed);
        var written = new HashSet<string>(StringComparer.Ordinal);
        for (var (i, version) = (0, 1); i < 200; i++, version += random.Next(3) == 0 ? 1 : 0)
        {
            var key = $"B{random.Next(60)}";
            written.Add(key);
            _database.Execute($"INSERT INTO changes VALUES ({version}, '{Bills[random.Next(2)].Name}', '{key}')");
        }

        var pages = await FollowAsync(since: 0L, keys: random.Next(1, 9));

        Assert.Equal(written.Order(StringComparer.Ordinal), pages.SelectMany(page => page.Keys.Select(SqlItem.TextOf)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Changes_ThatWereCleanedUp_AreAGap()
    {
        _database.Execute("INSERT INTO changes VALUES (9, 'dbo.bill', 'B1'); UPDATE least SET version = 5 WHERE name = 'dbo.bill_line'");

        Assert.Null(await BehindAsync(4L, 10));
        Assert.NotNull(await BehindAsync(5L, 10));
    }

    [Fact]
    public async Task Table_WithoutNotes_IsToldWithWhatToRun()
    {
        _database.Execute("INSERT INTO changes VALUES (9, 'dbo.bill', 'B1'); UPDATE least SET version = NULL WHERE name = 'dbo.bill_line'");

        var error = await Assert.ThrowsAsync<SqlSourceException>(() => BehindAsync(1L, 10));

        Assert.Equal("Changes of dbo.bill_line are not noted. Switch it on.", error.Message);
    }

    [Fact]
    public void Statements_OfSqlServer()
    {
        TableChanges tracking = new ChangeTracking(Bills), capture = new ChangeDataCapture([new("dbo_bill", ["bill_no"])]);
        var (since, now) = (new byte[10], new byte[10]);

        var versions = tracking.Behind(Bills[1], 7L, 9L, 1000);
        var captured = capture.Behind(new("dbo_bill", ["bill_no", "line_no"]), since, now, 500);

        Assert.Equal(
            "SELECT TOP (1000) WITH TIES c.bill_no, c.SYS_CHANGE_VERSION FROM CHANGETABLE(CHANGES dbo.bill_line, @p0) AS c ORDER BY c.SYS_CHANGE_VERSION", versions.Text);
        Assert.Equal([7L], versions.Values);
        Assert.Equal("SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(N'dbo.bill'))", tracking.Least(Bills[0]).Text);
        Assert.Equal(
            "SELECT TOP (500) WITH TIES c.bill_no, c.line_no, c.__$start_lsn FROM cdc.fn_cdc_get_all_changes_dbo_bill(sys.fn_cdc_increment_lsn(@p0), @p1, N'all update old') AS c ORDER BY c.__$start_lsn", captured.Text);
        Assert.Equal([since, now], captured.Values);
        Assert.Equal("SELECT NULLIF(sys.fn_cdc_get_min_lsn(N'dbo_bill'), 0x00000000000000000000)", capture.Least(new("dbo_bill", ["bill_no"])).Text);
    }

    /// <summary>A place of Change Data Capture is binary(10), and is kept as such.</summary>
    [Fact]
    public void Places_AreWrittenAndReadBack()
    {
        var lsn = Convert.FromHexString("0000002A000001C80003");

        Assert.Equal("b:0000002A000001C80003", SqlMark.Write(lsn));
        Assert.Equal(lsn, SqlMark.Read(SqlMark.Write(lsn)));
    }

    [Theory]
    [InlineData("500:600:", 599u, true)]
    [InlineData("500:600:", 600u, false)]
    [InlineData("500:600:510,520", 510u, false)]
    [InlineData("500:600:510,520", 511u, true)]
    [InlineData("4294967290:4294967300:", 4294967295u, true)]   // numbers of the log begin anew
    [InlineData("4294967290:4294967300:", 3u, true)]
    [InlineData("4294967290:4294967300:", 4u, false)]
    public void Transaction_IsVisible_WhenItEndedBeforeTheSnapshot(string snapshot, uint transaction, bool isVisible) =>
        Assert.Equal(isVisible, LogicalSlot.IsVisible(snapshot, [transaction]));

    [Fact]
    public void PgOutput_MutatedMessages_AreRefusedOrRead_NeverAnythingElse()
    {
        var random = new Random(81);
        byte[] relation = [(byte)'R', 0, 0, 0, 9, .. "public\0visits\0"u8, (byte)'f', 0, 2, 1, .. "id\0"u8, 0, 0, 0, 20, 0, 0, 0, 0, 1, .. "visit_no\0"u8, 0, 0, 0, 25, 0, 0, 0, 0];
        byte[] update = [(byte)'U', 0, 0, 0, 9, (byte)'O', 0, 2, (byte)'t', 0, 0, 0, 1, (byte)'1', (byte)'t', 0, 0, 0, 2, .. "V1"u8, (byte)'N', 0, 2, (byte)'t', 0, 0, 0, 1, (byte)'1', (byte)'t', 0, 0, 0, 2, .. "V2"u8];
        for (var round = 0; round < 20_000; round++)
        {
            var decoder = new PgOutputDecoder([new ChangedTable("public.visits", ["visit_no"])]);
            var (first, second) = (relation.ToArray(), update.ToArray());
            if (round > 0)
            {
                var target = random.Next(2) == 0 ? first : second;
                target[random.Next(target.Length)] = (byte)random.Next(256);
            }

            try
            {
                decoder.Take(first);
                decoder.Take(second.AsSpan(0, round % 3 == 2 ? random.Next(second.Length) : second.Length));
            }
            catch (SqlSourceException)
            {
                continue;
            }

            Assert.True(round > 0 || decoder.Keys.Select(SqlItem.TextOf).SequenceEqual(["V1", "V2"]));
        }
    }

    [Fact]
    public void Settings_Wrong_AreAllToldAtOnce()
    {
        var reader = SqlEngine.Reader([.. SqlEngine.VisitFeed, ("ConnectionString", "Data Source=x"), ("Changes", "Cdc"), ("Publication", "P;"), ("ChangeTables:dbo_visits;--:0", "a"), ("ChangeTables:dbo_lines:0", "a"), ("ChangeTables:dbo_lines:1", "b")]);
        SqlPollOptions.Read(reader);

        Assert.Equal(
            [
                "Feeds:table:Changes: Only SqlServer has it. Use ChangeTracking or Cdc with SqlServer, LogicalSlot with PostgreSql.",
                "Feeds:table:Watermark: The database itself says what has changed. Remove it, or Changes.",
                "Feeds:table:ChangeTables:dbo_lines: The feed's key has 1 columns, and here are 2. List the columns in the order of Key or GroupBy.",
                "Feeds:table:ChangeTables:dbo_visits;--: It is not a plain table name. Write it like dbo.bill.",
            ],
            reader.Problems.Select(problem => problem.ToString()));
    }

    private async Task<List<SqlChangePage>> FollowAsync(object since, int keys)
    {
        var pages = new List<SqlChangePage>();
        do
        {
            pages.Add((await BehindAsync(since, keys))!);
            since = pages[^1].Next;
        }
        while (!pages[^1].IsLast);

        return pages;
    }

    private async Task<SqlChangePage?> BehindAsync(object since, int keys)
    {
        var source = new SqlSource(new SqlSourceSettings(SqlDialect.BuiltIn["Sqlite"], _database.ConnectionString, "SELECT 1 AS bill_no", null, ["bill_no"], false, TimeSpan.FromSeconds(10), null, null));
        await using var connection = await source.OpenAsync(CancellationToken.None);
        return await new NotedChanges().BehindAsync(source, connection, since, keys, CancellationToken.None);
    }

    /// <summary>What Change Tracking's functions give, out of tables.</summary>
    private sealed class NotedChanges() : TableChanges(Bills)
    {
        protected internal override SqlStatement Now => new("SELECT MAX(version) FROM changes", []);

        protected override string NotNoted => "Nothing is noted.";

        protected internal override SqlStatement Least(ChangedTable table) => new($"SELECT version FROM least WHERE name = '{table.Name}'", []);

        protected override string Remedy(ChangedTable table) => "Switch it on.";

        protected internal override SqlStatement Behind(ChangedTable table, object since, object now, int rows) => new(
            $"SELECT bill_no, version FROM changes WHERE name = '{table.Name}' AND version > @p0 AND version <= COALESCE((SELECT version FROM changes WHERE name = '{table.Name}' AND version > @p1 ORDER BY version LIMIT 1 OFFSET {rows - 1}), 1000000) ORDER BY version",
            [since, since]);
    }
}
