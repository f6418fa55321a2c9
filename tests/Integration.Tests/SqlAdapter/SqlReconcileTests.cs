using System.Globalization;
using Integration.Adapters.Sql.Polling;
using Integration.Core.Intake;

namespace Integration.Tests.SqlAdapter;

/// <summary>Deletes and silent updates are found and repaired; the record equals the table at the end.</summary>
public sealed class SqlReconcileTests : IAsyncLifetime
{
    private readonly StepClock _clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task SevenOfManyDeleted_AreSevenTombstones_AndASilentUpdateIsRepaired()
    {
        using var database = SampleDatabase.Of(SqlEngine.Visits + string.Join('\n', Enumerable.Range(1, 200).Select(i => Insert(i, "甲科", i))));
        await using var feed = _engine.SqlFeed(database.ConnectionString, _clock, null, SqlEngine.VisitFeed);
        await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();
        database.Execute("DELETE FROM visits WHERE id BETWEEN 11 AND 17; UPDATE visits SET dept_name = '悄悄换了' WHERE id = 20;" + Insert(0, "早先", -9));

        _clock.Advance(TimeSpan.FromHours(1));
        var found = (await feed.ReconcileAsync(CancellationToken.None))!;
        await _engine.RunAsync();

        Assert.Equal((194, 1, 1, 7, 0), (found.Rows, found.Missing, found.Changed, found.Deleted, found.Refused));
        var departments = await _engine.DepartmentsAsync();
        Assert.Equal(194, departments.Count);
        Assert.DoesNotContain("V13", departments.Keys);
        Assert.Equal("悄悄换了", departments["V20"]);
        Assert.True((await feed.ReconcileAsync(CancellationToken.None))!.IsEqual);
    }

    [Fact]
    public async Task TableThatIsSuddenlyEmpty_DeletesNothing_AndSaysSo()
    {
        using var database = SampleDatabase.Of(SqlEngine.Visits + string.Join('\n', Enumerable.Range(1, 50).Select(i => Insert(i, "甲科", i))));
        await using var feed = _engine.SqlFeed(database.ConnectionString, _clock, null, SqlEngine.VisitFeed);
        await feed.PollAsync(CancellationToken.None);
        database.Execute("DELETE FROM visits");

        var found = (await feed.ReconcileAsync(CancellationToken.None))!;
        await _engine.RunAsync();

        Assert.Equal((0, 50), (found.Deleted, found.Refused));
        Assert.Contains("MaxDeletes", Assert.Single(feed.Notices).Text);
        Assert.Equal(50, (await _engine.DepartmentsAsync()).Count);
    }

    [Fact]
    public async Task RowThatComesBack_IsInTheRecordAgain()
    {
        using var database = SampleDatabase.Of(SqlEngine.Visits + Insert(1, "甲科", 1) + Insert(2, "甲科", 2));
        await using var feed = _engine.SqlFeed(database.ConnectionString, _clock, null, SqlEngine.VisitFeed);
        foreach (var change in new[] { "", "DELETE FROM visits WHERE id = 1", Insert(1, "甲科", 3) })
        {
            database.Execute(change);
            await feed.PollAsync(CancellationToken.None);
            await feed.ReconcileAsync(CancellationToken.None);
            await _engine.RunAsync();
            Assert.Equal(change.StartsWith("DELETE", StringComparison.Ordinal) ? 1 : 2, (await _engine.DepartmentsAsync()).Count);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public async Task WithoutWatermark_EveryRoundComparesAll()
    {
        using var database = SampleDatabase.Of(SqlEngine.Visits + Insert(1, "甲科", 1) + Insert(2, "甲科", 2));
        await using var feed = _engine.SqlFeed(database.ConnectionString, _clock, null, [.. SqlEngine.VisitFeed, ("Watermark", "")]);
        await feed.PollAsync(CancellationToken.None);
        database.Execute("DELETE FROM visits WHERE id = 1; UPDATE visits SET dept_name = '乙科' WHERE id = 2");
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2, (await feed.PollAsync(CancellationToken.None))!.Changed);
        await _engine.RunAsync();
        Assert.Equal("乙科", Assert.Single(await _engine.DepartmentsAsync()).Value);
    }

    [Fact]
    public async Task LineTakenOffABill_IsTakenOutOfTheRecord_AndTheHeadKeepsTheOthers()
    {
        using var database = SampleDatabase.OfSamples();
        await using var feed = BillFeed(database);
        await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();
        Assert.Equal(3, (await _engine.ResourcesAsync("ChargeItem")).Count);
        database.Execute("DELETE FROM bill_line WHERE bill_no = 'B1001' AND line_no = 2; UPDATE bill SET total = 120 WHERE bill_no = 'B1001'");

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await feed.PollAsync(CancellationToken.None))!.Changed);
        await _engine.RunAsync();

        Assert.Equal(["B1001-1", "B1002-1"], (await _engine.ResourcesAsync("ChargeItem")).Select(item => SqlEngine.Identifier(item.Resource)).Order(StringComparer.Ordinal));
        var bill = (await _engine.ResourcesAsync("Invoice")).Single(invoice => SqlEngine.Identifier(invoice.Resource) == "B1001").Resource;
        Assert.Single(bill["lineItem"]!.AsArray());
        Assert.Equal(120m, (decimal)bill["totalGross"]!["value"]!);
    }

    [Fact]
    public async Task BillOfFortyLines_IsOneMessageWithFortyLines()
    {
        using var database = SampleDatabase.OfSamples();
        database.Execute("INSERT INTO bill VALUES (2000, 'B2000', NULL, 'P0001', '住院', '2026-03-04 08:00:00', 40, '1');"
            + string.Concat(Enumerable.Range(1, 40).Select(i => $"INSERT INTO bill_line VALUES ('B2000', {i}, 'X{i}', '项目{i}', 1, '次', 1);")));
        await using var feed = BillFeed(database);

        await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Equal(4, (await _engine.MessagesAsync()).Count);
        Assert.Equal(40, (await _engine.ResourcesAsync("Invoice")).Single(invoice => SqlEngine.Identifier(invoice.Resource) == "B2000").Resource["lineItem"]!.AsArray().Count);
        Assert.Equal(43, (await _engine.ResourcesAsync("ChargeItem")).Count);
    }

    /// <summary>Any order of inserts, updates, silent updates, deletes, polls and reconciles: behind the last reconcile the record is the table.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task AnyInterleaving_TheRecordEqualsTheTable(int seed)
    {
        var random = new Random(seed);
        using var database = SampleDatabase.Of(SqlEngine.Visits);
        await using var feed = _engine.SqlFeed(database.ConnectionString, _clock, null, [.. SqlEngine.VisitFeed, ("BatchSize", random.Next(1, 6).ToString(CultureInfo.InvariantCulture)), ("MaxDeletes", "1")]);
        var table = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var step = 0; step < 60; step++)
        {
            _clock.Advance(TimeSpan.FromSeconds(random.Next(1, 120)));
            await StepAsync(random, step, database, table, feed);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        await feed.ReconcileAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(table, await _engine.DepartmentsAsync());
        Assert.All(await _engine.MessagesAsync(), message => Assert.Equal(MessageState.Done, message.State));
    }

    private async Task StepAsync(Random random, int step, SampleDatabase database, SortedDictionary<string, string> table, SqlPollAdapter feed)
    {
        var some = table.Count == 0 ? "" : table.Keys.ElementAt(random.Next(table.Count));
        var late = random.Next(-600, 60);
        switch (random.Next(some.Length == 0 ? 1 : 7))
        {
            case 0:
                database.Execute(Insert(step, $"科{step}", late));
                table[$"V{step}"] = $"科{step}";
                break;
            case 1:
                database.Execute($"UPDATE visits SET dept_name = '改{step}', update_time = '{Time(late)}' WHERE visit_no = '{some}'");
                table[some] = $"改{step}";
                break;
            case 2:
                database.Execute($"UPDATE visits SET dept_name = '悄{step}' WHERE visit_no = '{some}'");
                table[some] = $"悄{step}";
                break;
            case 3:
                database.Execute($"DELETE FROM visits WHERE visit_no = '{some}'");
                table.Remove(some);
                break;
            case 4:
                await feed.ReconcileAsync(CancellationToken.None);
                break;
            default:
                await feed.PollAsync(CancellationToken.None);
                await _engine.RunAsync();
                break;
        }
    }

    private SqlPollAdapter BillFeed(SampleDatabase database) => _engine.SqlFeed(
        database.ConnectionString, _clock, null,
        ("Provider", "Sqlite"), ("QueryFile", "samples/his-db/queries/bills.sql"), ("Message", "his_bill"), ("GroupBy", "bill_no"), ("Watermark", "bill_id"),
        ("LineColumns", "line_no,item_code,item_name,quantity,unit,amount"), ("PatientColumn", "patient_id"), ("AssigningAuthority", "HIS"));

    private string Time(int seconds) => _clock.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private string Insert(int id, string department, int seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"INSERT INTO visits VALUES ({id}, 'V{id}', 'P{id % 5}', '2026-02-28 08:00:00', '{department}', '{Time(seconds)}');");
}
