using Integration.Adapters.Hl7v2.Files;
using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Tests.Hl7v2.Batches;

namespace Integration.Tests.Hl7v2.Files;

/// <summary>FEATURES rows 17 and 19: files are picked up whole, once, and moved only after every message is durable.</summary>
public sealed class FilePickupTests
{
    private static readonly FilePickupOptions Patient = new() { MinAge = TimeSpan.FromSeconds(10) };

    [Fact]
    public async Task Poll_FileGrowingFor20Seconds_IsNotReadEarly()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed(Patient);
        var path = Path.Combine(bench.Inbox, "growing.hl7");

        for (var second = 1; second <= 20; second++)
        {
            File.AppendAllText(path, BatchFiles.Message(second));
            await feed.PollAsync(CancellationToken.None);
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Empty(await bench.JournaledAsync());
            Assert.Equal(1, feed.Files!.Waiting);
        }

        bench.Clock.Advance(TimeSpan.FromSeconds(9) - TimeSpan.FromTicks(1));
        await feed.PollAsync(CancellationToken.None);
        Assert.Empty(await bench.JournaledAsync());

        bench.Clock.Advance(TimeSpan.FromTicks(1));
        await feed.PollAsync(CancellationToken.None);
        Assert.Equal(20, (await bench.JournaledAsync()).Count);
        Assert.Equal(["growing.hl7"], PickupBench.Names(bench.Processed));
    }

    /// <summary>Woken, it looks until every file stands still and is taken; then it rests, whatever is dropped, until it is woken again.</summary>
    [Fact]
    public async Task Schedule_LooksFromAWakeUpUntilAllIsTaken()
    {
        await using var bench = await PickupBench.StartAsync();
        var wakeUps = new FeedWakeUps();
        await using var feed = bench.Feed(
            new FilePickupOptions { Pickup = new() { MinAge = TimeSpan.FromSeconds(10), Poll = TimeSpan.FromMilliseconds(10), IsScheduled = true } }, wakeUps: wakeUps);
        await feed.StartAsync(CancellationToken.None);
        await Task.Delay(100, TestContext.Current.CancellationToken);   // the look at the start is over, and finds nothing

        bench.Drop("night.hl7", BatchFiles.Message(1));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(0, feed.Files!.Waiting);
        wakeUps.Wake("lab");
        await UntilAsync(() => feed.Files!.Waiting == 1);
        bench.Clock.Advance(TimeSpan.FromSeconds(11));
        await UntilAsync(() => PickupBench.Names(bench.Processed).Any());

        await Task.Delay(100, TestContext.Current.CancellationToken);
        bench.Drop("day.hl7", BatchFiles.Message(2));
        bench.Clock.Advance(TimeSpan.FromHours(6));
        await Task.Delay(200, TestContext.Current.CancellationToken);

        Assert.Equal(["day.hl7"], bench.InInbox());
        Assert.Single(await bench.JournaledAsync());
        Assert.EndsWith(", on schedule", feed.Description, StringComparison.Ordinal);

        static async Task UntilAsync(Func<bool> holds)
        {
            for (var i = 0; i < 500 && !holds(); i++)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            Assert.True(holds());
        }
    }

    [Fact]
    public async Task Poll_SameFileDroppedTwice_IsProcessedOnce()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();

        // Without control ids, so that only the checksum can tell.
        bench.Drop("a.hl7", BatchFiles.Message(1, controlId: "") + BatchFiles.Message(2, controlId: ""));
        await feed.PollAsync(CancellationToken.None);
        bench.Drop("a.hl7", BatchFiles.Message(1, controlId: "") + BatchFiles.Message(2, controlId: ""));
        await feed.PollAsync(CancellationToken.None);
        bench.Drop("other-name.hl7", BatchFiles.Message(1, controlId: "") + BatchFiles.Message(2, controlId: ""));
        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(2, (await bench.JournaledAsync()).Count);
        Assert.Equal(["a.hl7", "a.hl7.duplicate", "other-name.hl7.duplicate"], PickupBench.Names(bench.Processed));
        Assert.Empty(bench.InInbox());
        var entry = Assert.Single(await bench.EntriesAsync());
        Assert.Equal((FileState.Done, 2, 2, "processed/a.hl7"), (entry.State, entry.Accepted, entry.Copies, entry.MovedTo));
        Assert.Equal((1, 2, "a.hl7"), (feed.Files!.Done, feed.Files.Copies, feed.Files.LastName));
    }

    [Fact]
    public async Task Poll_FileWith999OfDeclared1000_IsFlaggedAnd999AreProcessed()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();
        bench.Drop("day.hl7", BatchFiles.File(messages: 999, declared: 1000));

        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(999, (await bench.JournaledAsync()).Count(m => m.State == MessageState.Waiting));
        var entry = Assert.Single(await bench.EntriesAsync());
        Assert.Equal((FileState.Flagged, 999, 1000L, 999), (entry.State, entry.Messages, entry.DeclaredMessages, entry.Accepted));
        var issue = Assert.Single(entry.Issues);
        Assert.Equal((IntegrationErrorCode.BatchCountMismatch, IssueSeverity.Warning), (issue.Code, issue.Severity));
        Assert.Contains("1000 messages; the batch holds 999", issue.Text, StringComparison.Ordinal);
        Assert.Contains(bench.Log, line => line.Contains(issue.Text, StringComparison.Ordinal));
        Assert.Equal(1, feed.Files!.Flagged);
        Assert.Equal(["day.hl7"], PickupBench.Names(bench.Processed));
    }

    [Fact]
    public async Task Poll_FileWithoutMessage_IsMovedToFailedAndNothingIsJournaled()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();
        bench.Drop("scan.pdf", "%PDF-1.7 and so on");
        bench.Drop("empty.hl7", "");

        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(["scan.pdf"], PickupBench.Names(bench.Failed));
        Assert.Equal(["empty.hl7"], bench.InInbox());   // still to be written
        Assert.Empty(await bench.JournaledAsync());
        var entry = Assert.Single(await bench.EntriesAsync());
        Assert.Equal((FileState.Failed, IntegrationErrorCode.NotHl7), (entry.State, Assert.Single(entry.Issues).Code));
    }

    [Fact]
    public async Task Poll_TextAroundMessages_IsQuarantinedAndFlagged()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();
        bench.Drop("a.hl7", $"exported by lab\r{BatchFiles.Message(1)}BTS|1\rend of export\r");

        await feed.PollAsync(CancellationToken.None);

        var messages = await bench.JournaledAsync();
        Assert.Equal([MessageState.Failed, MessageState.Failed, MessageState.Waiting], messages.Select(m => m.State).Order().Reverse());
        var entry = Assert.Single(await bench.EntriesAsync());
        Assert.Equal((FileState.Flagged, 1, 2), (entry.State, entry.Accepted, entry.Quarantined));
        Assert.All(entry.Issues, i => Assert.Equal(IntegrationErrorCode.TextOutsideMessages, i.Code));
    }

    [Fact]
    public async Task Poll_MessageTooLong_FailsTheFileUntilTheLimitIsRaised()
    {
        await using var bench = await PickupBench.StartAsync();
        var content = BatchFiles.Message(1, "") + BatchFiles.Message(2, "") + "NTE|" + new string('x', 3000) + "\r" + BatchFiles.Message(3, "");
        bench.Drop("a.hl7", content);
        await using (var small = bench.Feed(new FilePickupOptions { MinAge = TimeSpan.Zero, MaxMessageBytes = 2048 }))
        {
            await small.PollAsync(CancellationToken.None);
        }

        Assert.Equal(2, (await bench.JournaledAsync()).Count);
        Assert.Equal(["a.hl7"], PickupBench.Names(bench.Failed));
        Assert.Equal(IntegrationErrorCode.FrameTooLong, Assert.Single(Assert.Single(await bench.EntriesAsync()).Issues).Code);

        bench.Drop("a.hl7", content);
        await using var large = bench.Feed();
        await large.StartAsync(CancellationToken.None);
        await large.StopAsync(CancellationToken.None);
        await large.PollAsync(CancellationToken.None);

        Assert.Equal(3, (await bench.JournaledAsync()).Count);
        Assert.Equal((1, 0), (large.Files!.Done, large.Files.Failed));
        Assert.Equal(FileState.Done, Assert.Single(await bench.EntriesAsync()).State);
        Assert.Equal(["a.hl7"], PickupBench.Names(bench.Processed));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_StoreRefusesInTheMiddle_LeavesTheFileAndDoublesNothingLater(bool withControlIds)
    {
        await using var bench = await PickupBench.StartAsync();
        var refusing = new RefusingIntake(bench.Engine.Intake, acceptedFirst: 137);
        bench.Drop("a.hl7", string.Concat(Enumerable.Range(1, 300).Select(i => BatchFiles.Message(i % 40, withControlIds ? $"K{i}" : ""))));
        await using (var feed = bench.Feed(intake: refusing))
        {
            await feed.PollAsync(CancellationToken.None);
            Assert.Equal(["a.hl7"], bench.InInbox());
            Assert.Equal(FeedNoticeLevel.Warning, Assert.Single(feed.Notices).Level);
            Assert.InRange((await bench.JournaledAsync()).Count, 1, 299);
            Assert.Equal(FileState.Reading, Assert.Single(await bench.EntriesAsync()).State);
        }

        // As after a start: nothing is remembered but the ledger.
        await using var again = bench.Feed();
        await again.PollAsync(CancellationToken.None);

        var messages = await bench.JournaledAsync();
        Assert.Equal(300, messages.Count);
        Assert.All(messages, m => Assert.Equal(MessageState.Waiting, m.State));
        var entry = Assert.Single(await bench.EntriesAsync());
        Assert.Equal((FileState.Done, 300, 0), (entry.State, entry.Accepted, entry.Duplicates));
        Assert.Equal(["a.hl7"], PickupBench.Names(bench.Processed));
    }

    [Fact]
    public async Task Poll_DecidedButNotMovedBeforeAStop_IsMovedAndNoCopy()
    {
        await using var bench = await PickupBench.StartAsync();
        bench.Drop("a.hl7", BatchFiles.Message(1));
        await using (var feed = bench.Feed(source: new FakeSource(new LocalFolder(bench.Inbox, "*")) { MoveFails = new UnauthorizedAccessException("a.hl7") }))
        {
            await feed.PollAsync(CancellationToken.None);
            await feed.PollAsync(CancellationToken.None);
            Assert.Contains("1 files cannot be moved", Assert.Single(feed.Notices).Text, StringComparison.Ordinal);
        }

        Assert.Equal(["a.hl7"], bench.InInbox());
        await using var again = bench.Feed();
        await again.PollAsync(CancellationToken.None);

        Assert.Equal(["a.hl7"], PickupBench.Names(bench.Processed));
        Assert.Equal(0, Assert.Single(await bench.EntriesAsync()).Copies);
        Assert.Single(await bench.JournaledAsync());
    }

    [Fact]
    public async Task Poll_NameTakenInProcessed_NeverOverwrites()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();
        for (var day = 1; day <= 3; day++)
        {
            bench.Drop("export.hl7", BatchFiles.Message(day));
            await feed.PollAsync(CancellationToken.None);
        }

        Assert.Equal(["export.hl7", "export.hl7.20260316T080000Z", "export.hl7.20260316T080000Z.3"], PickupBench.Names(bench.Processed));
        Assert.Equal(3, (await bench.JournaledAsync()).Count);
    }

    [Theory]
    [InlineData(FileOrder.Name, "a b c")]
    [InlineData(FileOrder.Time, "c a b")]
    public async Task Poll_SeveralFiles_AreTakenInOrder(FileOrder order, string expected)
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed(new FilePickupOptions { MinAge = TimeSpan.Zero, Order = order, Pattern = "*.hl7" });
        foreach (var (name, minute) in new[] { ("b", 3), ("a", 2), ("c", 1) })
        {
            bench.Drop($"{name}.hl7", BatchFiles.Message(1, controlId: name));
            File.SetLastWriteTimeUtc(Path.Combine(bench.Inbox, $"{name}.hl7"), new DateTime(2026, 3, 16, 8, minute, 0, DateTimeKind.Utc));
        }

        bench.Drop(".hidden.hl7", BatchFiles.Message(1));
        bench.Drop("note.txt", BatchFiles.Message(1));
        await feed.PollAsync(CancellationToken.None);

        var waiting = await bench.Engine.Journal.ReadWaitingAsync(0, 10, CancellationToken.None);
        Assert.Equal(expected, string.Join(' ', waiting.Select(w => w.Message.ControlId)));
        Assert.Equal([".hidden.hl7", "note.txt"], bench.InInbox());
    }

    [Fact]
    public async Task Poll_MessagesOfOnePatient_KeepTheOrderOfTheFile()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();
        bench.Drop("a.hl7", string.Concat(Enumerable.Range(0, 400).Select(i => BatchFiles.Message(i % 7, $"K{i:D4}"))));

        await feed.PollAsync(CancellationToken.None);

        var waiting = await bench.Engine.Journal.ReadWaitingAsync(0, 1000, CancellationToken.None);
        Assert.Equal(400, waiting.Count);
        foreach (var patient in waiting.GroupBy(w => w.Message.PatientKey))
        {
            Assert.Equal(patient.Select(w => w.Message.ControlId).Order(StringComparer.Ordinal), patient.Select(w => w.Message.ControlId));
        }
    }

    [Fact]
    public async Task Poll_FolderMissingForAWhile_IsOneFaultAndOneLine()
    {
        await using var bench = await PickupBench.StartAsync();
        await using var feed = bench.Feed();
        Directory.Delete(bench.Inbox);

        for (var i = 0; i < 20; i++)
        {
            await feed.PollAsync(CancellationToken.None);
        }

        var notice = Assert.Single(feed.Notices);
        Assert.Equal(FeedNoticeLevel.Fault, notice.Level);
        Assert.Contains(bench.Inbox, notice.Text, StringComparison.Ordinal);
        Assert.Single(bench.Log);

        Directory.CreateDirectory(bench.Inbox);
        await feed.PollAsync(CancellationToken.None);
        Assert.Empty(feed.Notices);
        Assert.Equal(2, bench.Log.Count);
    }

    [Fact]
    public async Task Poll_FileLockedOrForbidden_IsOneLineAndTheOthersAreTaken()
    {
        await using var bench = await PickupBench.StartAsync();
        var source = new FakeSource(new LocalFolder(bench.Inbox, "*")) { Unreadable = { ["secret-name.hl7"] = new UnauthorizedAccessException("secret-name.hl7") } };
        await using var feed = bench.Feed(source: source);
        bench.Drop("secret-name.hl7", BatchFiles.Message(1));
        bench.Drop("z.hl7", BatchFiles.Message(2));

        for (var i = 0; i < 20; i++)
        {
            await feed.PollAsync(CancellationToken.None);
        }

        Assert.Single(await bench.JournaledAsync());
        Assert.Equal(FeedNoticeLevel.Warning, Assert.Single(feed.Notices).Level);
        Assert.Single(bench.Log, line => line.Contains("permission", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Log, line => line.Contains("secret-name", StringComparison.Ordinal));

        source.Unreadable.Clear();
        await feed.PollAsync(CancellationToken.None);
        Assert.Equal(2, (await bench.JournaledAsync()).Count);
        Assert.Empty(feed.Notices);
    }

    [Fact]
    public async Task Poll_FileGoneBeforeItIsOpened_IsNoError()
    {
        await using var bench = await PickupBench.StartAsync();
        var source = new FakeSource(new LocalFolder(bench.Inbox, "*")) { Gone = true };
        await using var feed = bench.Feed(source: source);
        bench.Drop("a.hl7", BatchFiles.Message(1));

        await feed.PollAsync(CancellationToken.None);

        Assert.Empty(feed.Notices);
        Assert.Empty(bench.Log);
    }

    [Fact]
    public async Task Poll_FileGrowsBetweenListingAndReading_IsReadLaterAndWhole()
    {
        await using var bench = await PickupBench.StartAsync();
        var path = Path.Combine(bench.Inbox, "a.hl7");
        var source = new FakeSource(new LocalFolder(bench.Inbox, "*")) { BeforeOpen = () => File.AppendAllText(path, BatchFiles.Message(2)) };
        await using var feed = bench.Feed(source: source);
        bench.Drop("a.hl7", BatchFiles.Message(1));

        await feed.PollAsync(CancellationToken.None);
        Assert.Empty(await bench.JournaledAsync());
        source.BeforeOpen = () => { };
        await feed.PollAsync(CancellationToken.None);

        Assert.Equal(2, (await bench.JournaledAsync()).Count);
    }

    [Fact]
    public async Task Start_AfterEarlierFiles_ShowsThemOnTheBoard()
    {
        await using var bench = await PickupBench.StartAsync();
        await using (var feed = bench.Feed())
        {
            bench.Drop("a.hl7", BatchFiles.Message(1));
            await feed.PollAsync(CancellationToken.None);
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            bench.Drop("b.hl7", "nothing");
            await feed.PollAsync(CancellationToken.None);
        }

        await using var again = bench.Feed(Patient);
        await again.StartAsync(CancellationToken.None);

        Assert.Equal((1, 1, FileState.Failed), (again.Files!.Done, again.Files.Failed, again.Files.LastState));
        await again.StopAsync(CancellationToken.None);
    }

    /// <summary>Takes so many messages, then says that the store is full.</summary>
    private sealed class RefusingIntake(IMessageIntake inner, int acceptedFirst) : IMessageIntake
    {
        private int _count;

        public async ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _count) > acceptedFirst
                ? new IntakeResult.Refused("The disk is full.")
                : await inner.AcceptAsync(message, cancellationToken);
    }

    /// <summary>A folder that does not always do as it should.</summary>
    private sealed class FakeSource(IFileSource inner) : IFileSource
    {
        public Exception? MoveFails { get; init; }

        public Dictionary<string, Exception> Unreadable { get; } = [];

        public bool Gone { get; init; }

        public Action BeforeOpen { get; set; } = () => { };

        public string Description => inner.Description;

        public ValueTask<IReadOnlyList<SourceFile>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

        public ValueTask<Stream?> OpenAsync(SourceFile file, CancellationToken cancellationToken)
        {
            BeforeOpen();
            return Unreadable.TryGetValue(file.Name, out var fault) ? throw fault
                : Gone ? new((Stream?)null)
                : inner.OpenAsync(file, cancellationToken);
        }

        public ValueTask<bool> TryMoveAsync(SourceFile file, string folder, string newName, CancellationToken cancellationToken) =>
            MoveFails is null ? inner.TryMoveAsync(file, folder, newName, cancellationToken) : throw MoveFails;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
