using System.Globalization;
using Integration.Adapters.Sql.Polling;
using Integration.Core.Audit;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Integration.Tests.SqlAdapter;

/// <summary>Tables are read without losing or doubling a row, whatever its watermark does.</summary>
public sealed class SqlPollTests : IAsyncLifetime
{
    private readonly SampleDatabase _database = SampleDatabase.Of(SqlEngine.Visits);
    private readonly StepClock _clock = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task Poll_ReadsAllPages_ThenOnlyWhatIsNewOrChanged()
    {
        await using var feed = Feed(("BatchSize", "10"));
        Insert(1, 35);

        await feed.PollAsync(CancellationToken.None);
        Insert(36, 36);
        _database.Execute("UPDATE visits SET dept_name = '换了', update_time = '2026-03-01 09:00:00' WHERE visit_no = 'V3'");
        var second = await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();

        Assert.Empty(feed.Notices);
        Assert.Equal(2, second!.Changed);
        Assert.Equal(37, (await _engine.MessagesAsync()).Count);
        var departments = await _engine.DepartmentsAsync();
        Assert.Equal(36, departments.Count);
        Assert.Equal("换了", departments["V3"]);
    }

    [Fact]
    public async Task EqualTimes_AtTheEdgeOfAPage_AreNeitherSkippedNorDoubled()
    {
        await using var feed = Feed(("BatchSize", "100"));
        Insert(1, 512, time: _ => "2026-03-01 08:00:00");

        await feed.PollAsync(CancellationToken.None);
        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(512, (await _engine.MessagesAsync()).Count);
    }

    [Fact]
    public async Task RowBelowTheWatermark_ThatCommitsWithinTheOverlap_IsRead()
    {
        await using var feed = Feed(("Overlap", "00:05:00"));
        Insert(1, 1, time: _ => "2026-03-01 08:00:00");
        await feed.PollAsync(CancellationToken.None);
        for (var minute = 0; minute < 20; minute++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            await feed.PollAsync(CancellationToken.None);
        }

        Insert(2, 2, time: _ => "2026-03-01 09:00:00");
        await feed.PollAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(4));
        Insert(3, 3, time: _ => "2026-03-01 08:56:00");
        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(["V1", "V2", "V3"], await KeysAsync());
    }

    [Fact]
    public async Task Overlap_IsNotReadAgainForEver()
    {
        await using var feed = Feed(("Overlap", "00:05:00"));
        Insert(1, 400);

        await feed.PollAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(6));
        await feed.PollAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(1));
        var third = await feed.PollAsync(CancellationToken.None);

        Assert.Equal(1, third!.Read);
        Assert.Equal(0, third.Changed);
    }

    [Fact]
    public async Task ValueThatGoesBack_IsHandedOverAgain()
    {
        await using var feed = Feed();
        Insert(1, 1);
        await feed.PollAsync(CancellationToken.None);
        foreach (var (name, time) in new[] { ("乙科", "09:00:00"), ("甲科", "10:00:00") })
        {
            _database.Execute($"UPDATE visits SET dept_name = '{name}', update_time = '2026-03-01 {time}'");
            await feed.PollAsync(CancellationToken.None);
        }

        await _engine.RunAsync();

        Assert.Equal(3, (await _engine.MessagesAsync()).Count);
        Assert.Equal("甲科", (await _engine.DepartmentsAsync())["V1"]);
    }

    [Fact]
    public async Task Restart_GoesOnInTheMiddleOfTheFirstLoad()
    {
        Insert(1, 250);
        await using (var first = Feed(("BatchSize", "50"), ("MaxRowsPerPoll", "100")))
        {
            Assert.True((await first.PollAsync(CancellationToken.None))!.IsCut);
        }

        await using var second = Feed(("BatchSize", "50"), ("MaxRowsPerPoll", "10000"));
        var rest = await second.PollAsync(CancellationToken.None);

        Assert.Equal(150, rest!.Read);
        Assert.Equal(250, (await _engine.MessagesAsync()).Count);
    }

    [Fact]
    public async Task Watermark_SetBackByAPerson_FindsWhatChangedUnseen_AndHandsNothingOverTwice()
    {
        Insert(1, 60);
        await using var feed = Feed(("Overlap", "00:00:00"));
        await feed.PollAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromHours(1));
        await feed.PollAsync(CancellationToken.None);
        _database.Execute("UPDATE visits SET dept_name = '康复科' WHERE id = 3");
        var places = new FeedPlaces([new ConfiguredFeed("table", "Sql.Poll", feed)], _engine.Services.GetRequiredService<AuditTrail>(), _engine.Store);

        Assert.Equal(PlaceOutcome.Set, await places.SetAsync("table", null, "ops", "restored", CancellationToken.None));
        var again = await feed.PollAsync(CancellationToken.None);
        var quiet = await feed.PollAsync(CancellationToken.None);

        Assert.Equal((60, 1), (again!.Read, again.Changed));
        Assert.Equal(0, quiet!.Changed);
        Assert.Null(feed.Place!.Rows);
        Assert.Equal(61, (await _engine.MessagesAsync()).Count);
    }

    [Theory]
    [InlineData(5, 0)]
    [InlineData(35, 20)]
    public async Task PageThatIsBrokenOff_IsTakenWholeOrNotAtAll(int after, int taken)
    {
        Insert(1, 60);
        await using (var broken = _engine.BrokenSqlFeed(_database.ConnectionString, _clock, after, [.. SqlEngine.VisitFeed, ("BatchSize", "20")]))
        {
            Assert.Null(await broken.PollAsync(CancellationToken.None));
            Assert.Contains("read again", Assert.Single(broken.Notices).Text);
        }

        Assert.Equal(taken, (await _engine.MessagesAsync()).Count);
        _clock.Advance(TimeSpan.FromMinutes(3));
        await using var feed = Feed(("BatchSize", "20"));
        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(60, (await _engine.MessagesAsync()).Count);
    }

    [Fact]
    public async Task NumberAsWatermark_IsReadInOrderOfNumber()
    {
        await using var feed = Feed(
            ("Query", "SELECT id, visit_no, patient_id, 'O' AS visit_type, start_time, 'D1' AS dept_code, dept_name FROM visits"), ("Watermark", "id"), ("BatchSize", "7"));
        Insert(1, 30);
        await feed.PollAsync(CancellationToken.None);
        Insert(31, 31);

        Assert.Equal(1, (await feed.PollAsync(CancellationToken.None))!.Changed);
        Assert.Equal(31, (await _engine.MessagesAsync()).Count);
    }

    [Fact]
    public async Task BadRow_GoesToTheDeadLettersWithItsKey_AndItsNeighboursGoThrough()
    {
        await using var feed = Feed(("MaxMessageBytes", "2048"));
        Insert(1, 10);
        _database.Execute($"UPDATE visits SET dept_name = '{new string('长', 2000)}' WHERE visit_no = 'V3'; UPDATE visits SET patient_id = NULL WHERE visit_no = 'V7'");

        await feed.PollAsync(CancellationToken.None);
        await _engine.RunAsync();

        var messages = await _engine.MessagesAsync();
        Assert.Equal(8, messages.Count(message => message.State == MessageState.Done));
        var failed = messages.Where(message => message.State == MessageState.Failed).ToList();
        Assert.Equal(2, failed.Count);
        Assert.Contains(failed, message => message.Issues.Any(issue => issue.Code == IntegrationErrorCode.RowUnreadable));
        Assert.Equal(0, (await feed.PollAsync(CancellationToken.None))!.Changed);
    }

    [Fact]
    public async Task QueryThatFails_IsAFaultThatSaysWhy_LoggedOnce_AndItsEndToo()
    {
        using var log = new CapturedLogs();
        using var loggers = new LoggerFactory([log]);
        await using var feed = _engine.SqlFeed(_database.ConnectionString, _clock, loggers, SqlEngine.VisitFeed);
        _database.Execute("ALTER TABLE visits RENAME TO away");
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await feed.PollAsync(CancellationToken.None));
        }

        Assert.Contains("no such table: visits", Assert.Single(feed.Notices).Text);
        Assert.Equal("connecting", feed.Transport.Link!.State);
        _database.Execute("ALTER TABLE away RENAME TO visits");
        await feed.PollAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        Assert.Equal(2, log.Lines.Count);
        Assert.Contains("no such table", log.Lines.First().Text);
        Assert.Contains("5 tries", log.Lines.Last().Text);
    }

    [Fact]
    public async Task Connection_CannotWrite()
    {
        await using var feed = Feed(("Query", "DELETE FROM visits RETURNING *"));
        Insert(1, 1);

        Assert.Null(await feed.PollAsync(CancellationToken.None));
        await using var reader = Feed();
        Assert.Equal(1, (await reader.PollAsync(CancellationToken.None))!.Read);
    }

    [Fact]
    public void WrongSettings_AreAllToldAtOnce()
    {
        var reader = SqlEngine.Reader(
        [
            ("Adapter", "Sql.Poll"), ("Provider", "Sqlite"), ("Query", "SELECT 1; DROP TABLE visits"), ("Message", "His Visit"), ("Key", "a b"), ("Watermark", "1=1 --"),
            ("GroupBy", "visit_no"), ("Reconcile", "soon"), ("QuietHours", "07:30"), ("Wrong", "1"),
        ]);
        SqlPollOptions.Read(reader);

        var keys = reader.Problems.Select(problem => problem.Place.Split(':')[^1]).ToHashSet();
        Assert.Superset(new HashSet<string> { "ConnectionString", "Query", "Message", "Key", "Watermark", "Reconcile", "QuietHours", "Wrong", "LineColumns" }, keys);
    }

    private SqlPollAdapter Feed(params (string Key, string Value)[] settings) =>
        _engine.SqlFeed(_database.ConnectionString, _clock, null, [.. SqlEngine.VisitFeed, .. settings]);

    private async Task<IReadOnlyList<string>> KeysAsync()
    {
        await _engine.RunAsync();
        return [.. (await _engine.DepartmentsAsync()).Keys];
    }

    private void Insert(int from, int to, Func<int, string>? time = null) => _database.Execute(string.Join('\n', Enumerable.Range(from, to - from + 1).Select(i => string.Create(
        CultureInfo.InvariantCulture,
        $"INSERT INTO visits VALUES ({i}, 'V{i}', 'P{i % 7}', '2026-03-01 08:00:00', '甲科', '{time?.Invoke(i) ?? new DateTime(2026, 3, 1, 8, 0, 0).AddSeconds(i).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}');"))));
}
