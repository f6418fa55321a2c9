using Integration.Adapters.Sql.Polling;
using Integration.Core.Feeds;

namespace Integration.Tests.SqlAdapter;

/// <summary>Behind the end of a day: what the source counts of it against the record.</summary>
public sealed class SqlTotalsTests : IAsyncLifetime
{
    private const string Lines = "SELECT b.bill_no || '-' || l.line_no, l.amount FROM bill b JOIN bill_line l ON l.bill_no = b.bill_no WHERE b.bill_time >= {from} AND b.bill_time < {below}";

    private static readonly (string, string)[] Bills =
    [
        ("Provider", "Sqlite"), ("QueryFile", Path.Combine(SampleDatabase.Folder, "queries", "bills.sql")), ("Message", "his_bill"), ("GroupBy", "bill_no"), ("Watermark", "bill_id"),
        ("LineColumns", "line_no, item_code, item_name, quantity, unit, amount"), ("PatientColumn", "patient_id"), ("AssigningAuthority", "HIS"), ("TimeZone", "Asia/Shanghai"),
        ("Totals:Section", "charges"), ("Totals:Query", Lines), ("Totals:At", "01:30"),
    ];

    private readonly SampleDatabase _database = SampleDatabase.OfSamples();
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync(
        _ => { }, [("Feeds:table:Adapter", "Sql.Poll"), ("Feeds:table:ConnectionString", _database.ConnectionString), .. Bills.Select(setting => ($"Feeds:table:{setting.Item1}", setting.Item2))]);

    public ValueTask DisposeAsync()
    {
        _database.Dispose();
        return _engine.DisposeAsync();
    }

    [Fact]
    public async Task Day_ThatTheRecordHoldsWhole_Agrees_AndIsAskedOnce()
    {
        await using var feed = await LoadedAsync(At("2026-03-03 01:30"));

        var found = await feed.CompareDayAsync(CancellationToken.None);
        var again = await feed.CompareDayAsync(CancellationToken.None);

        Assert.True(found!.Agrees);
        Assert.Equal((3, 120m, 3, 120m), (found.Source.Count, found.Source.Sum, found.Record.Count, found.Record.Sum));
        Assert.Equal(At("2026-03-02 00:00").GetUtcNow(), found.From);
        Assert.Null(again);
        Assert.Empty(feed.Notices);
    }

    [Fact]
    public async Task RowThatIsMissing_AndAnAmountThatIsOther_AreNamed()
    {
        await using var feed = await LoadedAsync(At("2026-03-03 02:00"));
        _database.Execute("INSERT INTO bill VALUES (900, 'B0900', NULL, 'P0001', '门诊', '2026-03-02 23:59:00', 5, '0'); INSERT INTO bill_line VALUES ('B0900', 1, 'X', 'X', 1, '次', 5); UPDATE bill_line SET amount = 121 WHERE bill_no = 'B1001' AND line_no = 1");

        var found = (await feed.CompareDayAsync(CancellationToken.None))!;

        Assert.Equal(["B0900-1"], found.Missing.Keys);
        Assert.Equal(("B1001-1", 121m, 120m), Assert.Single(found.Amounts.Items) is var amount ? (amount.Key, amount.Source, amount.Record) : default);
        Assert.Equal("2026-03-02: the source counts 4 charges, the record 3; 1 are missing. See Reconciliation.", Assert.Single(feed.Notices, notice => notice.Level == FeedNoticeLevel.Warning).Text);
        Assert.Equal("feed table", found.Actor);
    }

    [Fact]
    public async Task Day_ThatIsNotOverFor90Minutes_IsNotAskedYet()
    {
        await using var feed = await LoadedAsync(At("2026-03-03 01:29"));

        Assert.Null(await feed.CompareDayAsync(CancellationToken.None));
    }

    [Fact]
    public void Settings_Wrong_AreAllToldAtOnce()
    {
        var reader = SqlEngine.Reader([.. SqlEngine.VisitFeed, ("ConnectionString", "Data Source=x"), ("Totals:Section", "bills"), ("Totals:Query", "SELECT 1"), ("Totals:At", "1 Uhr")]);
        SqlPollOptions.Read(reader);

        Assert.Equal(["Feeds:table:Totals:Section", "Feeds:table:Totals:Query", "Feeds:table:Totals:At"], reader.Problems.Select(problem => problem.Place));
    }

    private async Task<SqlPollAdapter> LoadedAsync(TimeProvider clock)
    {
        var feed = _engine.SqlFeed(_database.ConnectionString, clock, null, Bills);
        await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();
        return feed;
    }

    private static StepClock At(string shanghai) => new(new DateTimeOffset(DateTime.Parse(shanghai, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(8)));
}
