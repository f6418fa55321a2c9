using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Records;
using Integration.Core.Records.Export;
using Integration.Core.Storage;
using Integration.Tests.Storage;

namespace Integration.Tests.Records;

public sealed class ChangeFeedTests
{
    private const int Writers = 4;
    private const int BatchesOfAWriter = 250;

    /// <summary>
    /// Writers put, change, move and delete resources side by side while a reader with small pages follows. It dies ten times, losing what it did
    /// since it last wrote its cursor down. In the end its copy is what a full export holds; and so is that of a reader who begins then.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Read_WhileOthersWriteAndTheReaderDies_EndsWithWhatAFullExportHolds(int seed)
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        var store = temporary.Store;
        var feed = new ChangeFeed(store);
        var done = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer, new Random((seed * 100) + writer)))))
            .ContinueWith(t => { done.Cancel(); return t; }, TaskScheduler.Default).Unwrap();

        var random = new Random(seed);
        var saved = (Cursor: 0L, Copy: new Dictionary<string, string>());
        var deaths = 0;
        var pages = 0;
        for (var isLast = false; !isLast;)
        {
            // What is in memory of a life is lost with it; copy and cursor are written down together.
            var (cursor, copy) = (saved.Cursor, new Dictionary<string, string>(saved.Copy));
            var life = deaths < 10 ? random.Next(1, 12) : int.MaxValue;
            for (var i = 0; i < life; i++)
            {
                var writersAreDone = done.IsCancellationRequested;
                var page = await feed.ReadAsync(cursor, random.Next(1, 20), CancellationToken.None);
                Assert.Equal(page.Changes.Select(c => c.Sequence), page.Changes.Select(c => c.Sequence).Order().Distinct());
                Assert.All(page.Changes, c => Assert.InRange(c.Sequence, cursor + 1, page.Sequence));
                Apply(copy, page);
                cursor = page.Sequence;
                pages++;
                if (random.Next(3) == 0 || page.IsCaughtUp)
                {
                    saved = (cursor, new Dictionary<string, string>(copy));
                }

                if (page.IsCaughtUp && writersAreDone)
                {
                    isLast = true;
                    break;
                }
            }

            deaths++;
        }

        await writing;
        Assert.True(deaths > 10 && pages > 20);
        var export = await ExportAsync(store);
        Assert.NotEmpty(export);
        Assert.Equal(export.OrderBy(e => e.Key, StringComparer.Ordinal), saved.Copy.OrderBy(e => e.Key, StringComparer.Ordinal));
        Assert.Equal(export.OrderBy(e => e.Key, StringComparer.Ordinal), (await ReadAllAsync(feed, 7)).OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Read_AfterAMerge_TellsItAndTheResourcesInTheirNewPlace()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync("MSH|^~\\&|HIS|EAST|||20260301080000||ADT^A08|A1|P|2.5.1||||||UNICODE UTF-8", "PID|1||1001^^^HIS^PI||张三", "PV1|1|N");
        var other = await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|||20260301080100||ADT^A01|A2|P|2.5.1||||||UNICODE UTF-8", "PID|1||1002^^^HIS^PI||张三", "PV1|1|I|心内科^302^01||||||||||||||||V1");
        var feed = new ChangeFeed(engine.Store);
        var before = await feed.ReadAsync(0, 100, CancellationToken.None);
        var merge = await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|||20260301090000||ADT^A40|A3|P|2.5.1||||||UNICODE UTF-8", "EVN|A40|20260301090000", "PID|1||1001^^^HIS^PI||张三", "MRG|1002^^^HIS^PI");

        var after = await feed.ReadAsync(before.Sequence, 100, CancellationToken.None);

        var merged = Assert.Single(after.Changes.OfType<FeedChange.Merged>());
        Assert.Equal((merge.PatientId, other.PatientId), (merged.Event.PatientId, (string?)merged.Event.Data["mergedPatientId"]));
        var visit = Assert.Single(after.Changes.OfType<FeedChange.Resource>(), c => c.Document.Type == "Encounter");
        Assert.Equal(merge.PatientId, visit.Document.PatientId);
        Assert.True(after.IsCaughtUp);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("Y2hhbmdlcw")]
    [InlineData("ZXZlbnRzOjE")]
    [InlineData("Y2hhbmdlczotMQ")]
    public void Cursor_OfAnotherListOrNone_IsRefused(string cursor) => Assert.Null(FeedCursor.Read("changes", cursor));

    [Fact]
    public void Cursor_RoundTrip_IsWhatWasWritten() => Assert.Equal(9_007_199_254_740_993, FeedCursor.Read("changes", FeedCursor.Write("changes", 9_007_199_254_740_993)));

    /// <summary>The events as an endless list: each once, in the order of their commits, by pattern too, however small the pages.</summary>
    [Fact]
    public async Task Events_ReadInSmallPages_AreEachThereOnce()
    {
        await using var temporary = await TemporaryStore.OpenAsync();
        var reader = new EventReader(temporary.Store);
        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var batch = new WriteBatch();
                batch.Add(Collections.Events.Put(Event($"{writer}-{i}", i % 10 == 0 ? "result.critical" : "appointment.booked"), 0));
                await temporary.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
            }
        })));

        var (all, critical) = (new List<string>(), new List<string>());
        var (afterAll, afterCritical) = (0L, 0L);
        for (var isLast = false; !isLast;)
        {
            isLast = writing.IsCompleted;
            EventPage page;
            do
            {
                page = await reader.ReadAsync(afterAll, [], 3, CancellationToken.None);
                all.AddRange(page.Events.Select(e => e.Id));
                afterAll = page.Sequence;
            }
            while (!page.IsCaughtUp);

            do
            {
                page = await reader.ReadAsync(afterCritical, ["result.*"], 3, CancellationToken.None);
                critical.AddRange(page.Events.Select(e => e.Id));
                afterCritical = page.Sequence;
            }
            while (!page.IsCaughtUp);
        }

        Assert.Equal((600, 600, 60, 60), (all.Count, all.Distinct().Count(), critical.Count, critical.Distinct().Count()));
        Assert.Equal(all.Where(id => id.EndsWith('0')), critical);
    }

    private static async Task WriteAsync(IDocumentStore store, int writer, Random random)
    {
        var mine = new Dictionary<string, (int Version, bool IsDeleted)>();
        for (var i = 0; i < BatchesOfAWriter; i++)
        {
            var batch = new WriteBatch();
            foreach (var id in Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"Basic/{writer}-{random.Next(40)}").Distinct())
            {
                var (version, isDeleted) = mine.GetValueOrDefault(id);
                if (version > 0 && !isDeleted && random.Next(5) == 0)
                {
                    batch.Add(Collections.Resources.Delete(id));
                    batch.Add(Collections.Deletions.Put(Deletion(id, version + 1), null));
                    mine[id] = (version + 1, true);
                }
                else
                {
                    if (isDeleted)
                    {
                        batch.Add(Collections.Deletions.Delete(id));
                    }

                    batch.Add(Collections.Resources.Put(Resource(id, version + 1, $"p{random.Next(5)}"), null));
                    mine[id] = (version + 1, false);
                }
            }

            Assert.IsType<CommitResult.Committed>(await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
        }
    }

    private static void Apply(Dictionary<string, string> copy, ChangePage page)
    {
        foreach (var change in page.Changes)
        {
            switch (change)
            {
                case FeedChange.Resource { Document: var r }:
                    copy[r.Id] = $"{r.PatientId} {r.Version} {r.Resource.ToJsonString()}";
                    break;
                case FeedChange.Deleted { Note: var d }:
                    copy.Remove(d.Id);
                    break;
            }
        }
    }

    private static async Task<Dictionary<string, string>> ReadAllAsync(ChangeFeed feed, int limit)
    {
        var copy = new Dictionary<string, string>();
        ChangePage page;
        var cursor = 0L;
        do
        {
            page = await feed.ReadAsync(cursor, limit, CancellationToken.None);
            Apply(copy, page);
            cursor = page.Sequence;
        }
        while (!page.IsCaughtUp);

        return copy;
    }

    private static async Task<Dictionary<string, string>> ExportAsync(IDocumentStore store)
    {
        var all = new Dictionary<string, string>();
        await foreach (var resource in new RecordExport(store).ReadAsync(new ExportSelection(), CancellationToken.None))
        {
            var stored = Collections.Resources.Read((await store.GetAsync(Collections.Resources, resource.Reference, false, CancellationToken.None))!);
            all[stored.Id] = $"{stored.PatientId} {stored.Version} {stored.Resource.ToJsonString()}";
        }

        return all;
    }

    private static EventDocument Event(string id, string type) => new()
    {
        Id = id,
        Type = type,
        SchemaVersion = 1,
        Subject = "Appointment/1",
        PatientId = "p1",
        Time = DateTimeOffset.UnixEpoch,
        Recorded = DateTimeOffset.UnixEpoch,
        Cause = "m",
        Data = [],
    };

    private static ResourceDocument Resource(string id, int version, string patientId) => new()
    {
        Id = id,
        Type = "Basic",
        PatientId = patientId,
        SourceIdentity = "HIS|1",
        Effective = DateTimeOffset.UnixEpoch,
        Version = version,
        LastUpdated = DateTimeOffset.UnixEpoch,
        Provenance = new Provenance("his", "m", "v", "rule", "source", DateTimeOffset.UnixEpoch),
        Resource = new JsonObject { ["resourceType"] = "Basic", ["id"] = id[6..], ["language"] = $"v{version}" },
    };

    private static DeletedResource Deletion(string id, int version) => new()
    {
        Id = id,
        Version = version,
        EventTime = DateTimeOffset.UnixEpoch,
        Received = DateTimeOffset.UnixEpoch,
        Feed = "his",
        MessageId = "m",
        PatientId = "p1",
    };
}
