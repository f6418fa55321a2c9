using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Incidents;
using Integration.Core.Incidents.Watchers;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Security;
using Integration.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Incidents;

/// <summary>Each kind of incident is provoked on the engine's own parts, once, and goes when its cause does.</summary>
public sealed class WatcherTests
{
    private readonly StepClock _clock = new(new DateTimeOffset(2026, 3, 16, 1, 0, 0, TimeSpan.Zero));
    private readonly FixedFeedBoard _feeds = new();
    private readonly ScriptedDestinationBoard _destinations = new();
    private long _freeBytes = long.MaxValue;
    private (long Used, long Total) _memory = (10, 100);
    private int _messages;

    [Fact]
    public async Task FeedSilent_LongerThanExpected_UntilItTalks()
    {
        await using var engine = await StartAsync(("Feeds:his:Incidents:ExpectedEvery", "00:30:00"));
        await LookForAsync(engine, TimeSpan.FromMinutes(1));
        await AcceptAsync(engine, "talks");
        await LookForAsync(engine, TimeSpan.FromMinutes(29));
        Assert.Empty(Open(engine));

        await LookForAsync(engine, TimeSpan.FromMinutes(3));

        Assert.Equal((IncidentKind.FeedSilent, "feeds/his"), Only(engine));
        await LookForAsync(engine, TimeSpan.FromHours(3));
        Assert.Single(Open(engine));
        await AcceptAsync(engine, "talks again");
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task FeedSilent_NothingLearntOrExpected_IsNoIncident()
    {
        await using var engine = await StartAsync();
        await AcceptAsync(engine, "once");

        await LookForAsync(engine, TimeSpan.FromHours(12));

        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task FeedDisconnected_LongerThanAllowed_UntilConnectedForTheGrace()
    {
        await using var engine = await StartAsync();
        _feeds.Feeds = [Feed() with { Link = new LinkStatus(LinkStatus.Connecting, _clock.GetUtcNow(), "Connection refused.") }];
        await LookForAsync(engine, TimeSpan.FromMinutes(4));
        Assert.Empty(Open(engine));

        await LookForAsync(engine, TimeSpan.FromMinutes(2));

        Assert.Equal((IncidentKind.FeedDisconnected, "feeds/his"), Only(engine));
        Assert.Contains("Connection refused.", Open(engine)[0].En.Text, StringComparison.Ordinal);
        await GoesAsync(engine, Feed() with { Link = new LinkStatus(LinkStatus.Connected, _clock.GetUtcNow(), null) });
    }

    [Fact]
    public async Task FeedFaulted_SourceThatCannotBeRead()
    {
        await using var engine = await StartAsync();
        _feeds.Feeds = [Feed() with { Notices = [new FeedNotice(FeedNoticeLevel.Fault, "The folder is not there. Create it.")] }];

        await LookForAsync(engine, TimeSpan.FromMinutes(3));

        Assert.Equal((IncidentKind.FeedFaulted, "feeds/his"), Only(engine));
        await GoesAsync(engine, Feed());
    }

    [Theory]
    [InlineData(7, 1)]
    [InlineData(0, 5000)]
    public async Task FeedBacklog_OldestTooOldOrQueueThatOnlyGrows(int minutesOld, int waiting)
    {
        await using var engine = await StartAsync();
        var oldest = _clock.GetUtcNow().AddMinutes(-minutesOld);
        _feeds.Feeds = [Feed() with { Counts = Counts(waiting), OldestWaiting = minutesOld > 0 ? oldest : null }];

        await LookForAsync(engine, TimeSpan.FromMinutes(6));

        Assert.Equal((IncidentKind.FeedBacklog, "feeds/his"), Only(engine));
        await GoesAsync(engine, Feed());
    }

    [Fact]
    public async Task FeedFailures_TenOfTenMessages_ThenDeadLettersThatNobodyTakesUp()
    {
        await using var engine = await StartAsync();
        await LookForAsync(engine, TimeSpan.FromMinutes(1), () => AcceptAsync(engine, "first"));
        for (var i = 0; i < 10; i++)
        {
            await engine.AcceptRawAsync("no message at all"u8.ToArray());
        }

        await LookForAsync(engine, TimeSpan.FromMinutes(1));

        Assert.Equal((IncidentKind.FeedFailures, "feeds/his"), Only(engine));
        Assert.Equal("10", Open(engine)[0].Facts["failed"]);
        await LookForAsync(engine, TimeSpan.FromMinutes(15));
        Assert.Empty(Open(engine));

        _clock.Advance(TimeSpan.FromDays(4));
        await LookForAsync(engine, TimeSpan.FromMinutes(1));

        Assert.Equal((IncidentKind.DeadLetters, "feeds/his"), Only(engine));
    }

    [Fact]
    public async Task MessageStuck_StageThatDoesNotEnd()
    {
        await using var engine = await StartAsync();
        await AcceptAsync(engine, "stuck");
        var running = engine.Services.GetRequiredService<RunningMessages>();
        var run = running.Begin((await engine.Journal.ReadWaitingAsync(0, 1, CancellationToken.None))[0]);
        run.Enter("map");

        await LookForAsync(engine, TimeSpan.FromMinutes(3));

        Assert.Equal((IncidentKind.MessageStuck, "feeds/his"), Only(engine));
        Assert.Equal("map", Open(engine)[0].Facts["stage"]);
        running.End(run);
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task SequenceGap_NumbersThatDoNotCome_UntilTheyDo()
    {
        await using var engine = await StartAsync();
        _feeds.Feeds = [Feed()];
        await AcceptAsync(engine, "1", sequence: "1");
        await AcceptAsync(engine, "4", sequence: "4");

        await LookForAsync(engine, TimeSpan.FromMinutes(11));

        Assert.Equal((IncidentKind.SequenceGap, "feeds/his"), Only(engine));
        Assert.Equal("2", Open(engine)[0].Facts["missing"]);
        await AcceptAsync(engine, "2", sequence: "2");
        await AcceptAsync(engine, "3", sequence: "3");
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task DestinationAway_NotWhilePlanned_AndItsQueueIsNoSecondIncident()
    {
        await using var engine = await StartAsync();
        var began = _clock.GetUtcNow();
        _destinations.Seen = Destination(CircuitState.Planned, since: began, planned: began.AddHours(2), oldest: began);
        await LookForAsync(engine, TimeSpan.FromHours(2));
        Assert.Empty(Open(engine));

        _destinations.Seen = Destination(CircuitState.Open, since: began, oldest: began);
        await LookForAsync(engine, TimeSpan.FromMinutes(4));
        Assert.Empty(Open(engine));   // counted from the end of the downtime
        await LookForAsync(engine, TimeSpan.FromMinutes(30));

        Assert.Equal((IncidentKind.DestinationAway, "destinations/crm"), Only(engine));
        _destinations.Seen = Destination(CircuitState.Closed);
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task DestinationBacklog_AnswersAndIsTooSlow()
    {
        await using var engine = await StartAsync();
        _destinations.Seen = Destination(CircuitState.Closed, oldest: _clock.GetUtcNow());

        await LookForAsync(engine, TimeSpan.FromMinutes(16));

        Assert.Equal((IncidentKind.DestinationBacklog, "destinations/crm"), Only(engine));
    }

    [Fact]
    public async Task DestinationFailures_DeliveriesMovedAside()
    {
        await using var engine = await StartAsync(("Destinations:crm:Enabled", "false"), ("Destinations:crm:Incidents:FailuresAtLeast", "3"));
        _destinations.Seen = Destination(CircuitState.Closed);
        await LookForAsync(engine, TimeSpan.FromMinutes(1));
        _destinations.Seen = Destination(CircuitState.Closed, failed: 3);

        await LookForAsync(engine, TimeSpan.FromMinutes(1));

        Assert.Equal((IncidentKind.DestinationFailures, "destinations/crm"), Only(engine));
        await LookForAsync(engine, TimeSpan.FromMinutes(15));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task CertificateExpiring_WithinThirtyDays_UntilRenewed()
    {
        await using var engine = await StartAsync();
        var now = _clock.GetUtcNow();
        _feeds.Feeds = [Feed() with { Certificate = new CertificateStatus("hub.hospital", now.AddDays(29), CertificateState.Expiring) }];

        await LookForAsync(engine, TimeSpan.FromMinutes(1));

        Assert.Equal((IncidentKind.CertificateExpiring, "feeds/his"), Only(engine));
        await GoesAsync(engine, Feed() with { Certificate = new CertificateStatus("hub.hospital", now.AddDays(400), CertificateState.Good) });
    }

    [Fact]
    public async Task DiskLow_LessFreeThanSet()
    {
        await using var engine = await StartAsync(("Incidents:DiskFreeMb", "2147483647"));

        await LookForAsync(engine, TimeSpan.FromMinutes(1));

        Assert.Equal((IncidentKind.DiskLow, "store"), Only(engine));
    }

    [Fact]
    public async Task IntakeStopped_DiskNearlyFull_UntilThereIsRoom()
    {
        await using var engine = await StartAsync();
        _freeBytes = 0;

        await LookForAsync(engine, TimeSpan.FromMinutes(1));

        Assert.Equal((IncidentKind.IntakeStopped, "engine"), Only(engine));
        Assert.Contains("Free some space", Open(engine)[0].En.Text, StringComparison.Ordinal);
        _freeBytes = long.MaxValue;
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task MemoryHigh_ForMinutes_UntilItIsFreed()
    {
        await using var engine = await StartAsync();
        _memory = (90, 100);

        await LookForAsync(engine, TimeSpan.FromMinutes(6));

        Assert.Equal((IncidentKind.MemoryHigh, "engine"), Only(engine));
        _memory = (10, 100);
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    [Fact]
    public async Task Off_OfOneFeed_WatchesNothing()
    {
        await using var engine = await StartAsync(("Feeds:his:Incidents:FeedDisconnected", "Off"));
        _feeds.Feeds = [Feed() with { Link = new LinkStatus(LinkStatus.Connecting, _clock.GetUtcNow(), "Connection refused.") }];

        await LookForAsync(engine, TimeSpan.FromHours(1));

        Assert.Empty(Open(engine));
    }

    private Task<TestEngine> StartAsync(params IReadOnlyList<(string Key, string Value)> settings) => TestEngine.StartAsync(services => services
        .AddSingleton<TimeProvider>(_clock)
        .AddSingleton<IFeedBoard>(_feeds)
        .AddSingleton<IDestinationBoard>(_destinations)
        .AddSingleton(new StorageVolume(Path.GetTempPath()))
        .AddSingleton(new ProcessMemory(() => _memory))
        .AddSingleton(new DiskGuard(() => _freeBytes, 1, _clock, NullLogger<DiskGuard>.Instance)), settings.Count > 0 && settings[0].Key == "Incidents:DiskFreeMb" ? settings : [("Incidents:DiskFreeMb", "0"), .. settings]);

    private async Task LookForAsync(TestEngine engine, TimeSpan time, Func<Task>? before = null)
    {
        _feeds.Feeds = _feeds.Feeds is [] ? [Feed()] : _feeds.Feeds;
        await (before?.Invoke() ?? Task.CompletedTask);
        var watch = engine.Services.GetRequiredService<IncidentWatch>();
        for (var end = _clock.GetUtcNow() + time; _clock.GetUtcNow() < end; _clock.Advance(TimeSpan.FromSeconds(20)))
        {
            await watch.LookAsync(CancellationToken.None);
        }
    }

    private async Task GoesAsync(TestEngine engine, FeedStatus feed)
    {
        _feeds.Feeds = [feed];
        await LookForAsync(engine, TimeSpan.FromMinutes(3));
        Assert.Empty(Open(engine));
    }

    private async Task AcceptAsync(TestEngine engine, string id, string sequence = "")
    {
        await engine.AcceptAsync(
            $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A01^ADT_A01|{id}|P|2.5.1|{sequence}",
            "EVN|A01|20260316080000+0800", $"PID|1||K{_messages++}^^^HIS^MR||欧阳^玘||19800203|M");
        _feeds.Feeds = [Feed() with { LastReceived = _clock.GetUtcNow() }];
    }

    private static FeedStatus Feed() => new("his", "Hl7v2.Mllp", "MLLP server", "running", null, 1, null, new int[30], 0, Counts(0), null);

    private static Dictionary<MessageState, long> Counts(long waiting) =>
        Enum.GetValues<MessageState>().ToDictionary(state => state, state => state == MessageState.Waiting ? waiting : 0);

    private static DestinationStatus Destination(
        CircuitState circuit, DateTimeOffset? since = null, DateTimeOffset? planned = null, DateTimeOffset? oldest = null, long failed = 0) => new(
        "crm", "Hl7v2.Mllp", "MLLP to 10.0.0.5:6661", ["ADT_A08"], [], IsSandboxed: false,
        new DestinationActivity(
            circuit, since, MessageIssue.Warning(IntegrationErrorCode.DestinationUnreachable, "", "Connection refused."), null, 0, TimeSpan.FromSeconds(30), planned),
        new Dictionary<DeliveryState, long> { [DeliveryState.Waiting] = oldest is null ? 0 : 5, [DeliveryState.Done] = 9, [DeliveryState.Failed] = failed }, oldest);

    private static IReadOnlyList<IncidentDocument> Open(TestEngine engine) => engine.Services.GetRequiredService<IncidentStore>().Open;

    private static (IncidentKind Kind, string Subject) Only(TestEngine engine) =>
        Assert.Single(Open(engine).Select(open => (open.Kind, open.Subject)));

    /// <summary>Shows what a test says; nothing at first.</summary>
    private sealed class ScriptedDestinationBoard : IDestinationBoard
    {
        public DestinationStatus? Seen { get; set; }

        public ValueTask<IReadOnlyList<DestinationStatus>> GetAsync(CancellationToken cancellationToken) => new(Seen is null ? [] : [Seen]);

        public bool TryNow(string destination) => false;
    }
}
