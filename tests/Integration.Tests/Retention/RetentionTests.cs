using System.Text;
using Integration.Core.Audit;
using Integration.Core.Intake;
using Integration.Core.Retention;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Retention;

/// <summary>Old messages are compressed, then removed by the rules of their feed; the record stays, and the disk gets its room back.</summary>
public sealed class RetentionTests
{
    private readonly StepClock _clock = new(new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task When_messages_grow_older_than_their_rules_Should_remove_them_and_keep_what_waits_and_the_record()
    {
        await using var engine = await StartAsync(("Retention:Finished", "30.00:00:00"), ("Retention:Failed", "90.00:00:00"));
        var done = await engine.SendAsync(Admission(1));
        var copy = Assert.IsType<IntakeResult.Duplicate>(await engine.AcceptAsync(Admission(1)));
        var failed = await engine.SendAsync([Admission(2)[0], "PID|1||||无号"]);
        var waiting = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(Admission(3)));
        _clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, (await RunAsync(engine)).Pruned);
        var young = await SendAfterAsync(engine, waiting.MessageId, Admission(4));

        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, (await RunAsync(engine)).Pruned);

        Assert.Equal("gone gone kept kept kept", await ExistAsync(engine, done.Id, copy.MessageId, failed.Id, waiting.MessageId, young));
        Assert.Equal("P1", (await engine.PatientAsync("P1")).Identifiers[0].Value);
        var balance = Assert.Single(engine.Tally.Snapshot());
        Assert.Equal((3L, 0L), (balance.In, balance.Difference));
        Assert.Equal(await CountsAsync(engine), balance.Counts);

        _clock.Advance(TimeSpan.FromDays(60));
        Assert.Equal(2, (await RunAsync(engine)).Pruned);
        Assert.Equal("gone kept", await ExistAsync(engine, failed.Id, waiting.MessageId));

        var (entries, _) = await engine.Services.GetRequiredService<AuditTrail>().SearchAsync(new AuditSearch(Actor: MessagePruning.Actor), CancellationToken.None);
        Assert.Equal(["his", "his", "his"], entries.Select(e => e.Target));
        Assert.All(entries, e => Assert.Equal(AuditActions.Prune, e.Action));
    }

    [Fact]
    public async Task When_messages_are_a_day_old_Should_hold_their_bytes_compressed_and_run_them_again_all_the_same()
    {
        await using var engine = await StartAsync();
        var sent = new List<(string Id, byte[] Raw)>();
        for (var i = 0; i < 150; i++)
        {
            var raw = Encoding.UTF8.GetBytes(string.Join('\r', Admission(i)) + "\r");
            sent.Add((Assert.IsType<IntakeResult.Accepted>(await engine.AcceptRawAsync(raw)).MessageId, raw));
        }

        await engine.RunAsync();
        var untouched = await engine.SendAsync([Admission(200)[0], "PID|1||||无号"]);
        Assert.Equal(0, (await RunAsync(engine)).Compressed);
        _clock.Advance(TimeSpan.FromDays(2));

        Assert.Equal(150, (await RunAsync(engine)).Compressed);

        Assert.Equal(0, (await RunAsync(engine)).Compressed);
        Assert.Null((await engine.Journal.GetAsync(untouched.Id, withRaw: true, CancellationToken.None))!.Value.Message.RawIn);
        foreach (var (id, raw) in sent)
        {
            var (message, _) = (await engine.Journal.GetAsync(id, withRaw: true, CancellationToken.None))!.Value;
            Assert.NotNull(message.RawIn);
            Assert.Equal(raw, message.Raw);
        }

        var stored = await engine.Store.GetAsync(Collections.Messages, sent[0].Id, withPayload: true, CancellationToken.None);
        Assert.Equal(0, stored!.Payload.Length);
        Assert.True(await engine.Journal.RequestReplayAsync(sent[70].Id, CancellationToken.None));
        await engine.RunAsync();
        var again = (await engine.Journal.GetAsync(sent[70].Id, withRaw: true, CancellationToken.None))!.Value.Message;
        Assert.Equal((MessageState.Done, 2), (again.State, again.Attempts));
        Assert.Equal(sent[70].Raw, again.Raw);

        _clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(150, (await RunAsync(engine)).Pruned);
        Assert.Equal(0, await engine.Store.CountAsync(Collections.RawBlocks, [], 10, CancellationToken.None));
    }

    [Fact]
    public async Task When_two_messages_have_the_same_long_content_Should_keep_it_until_the_last_of_them_is_removed()
    {
        await using var engine = await StartAsync(("Retention:Finished", "30.00:00:00"), ("Engine:DuplicateWindow", "Off"));
        string[] segments = [.. Admission(1), .. Notes(seed: 1, count: 1200)];
        var first = await engine.SendAsync(segments);
        _clock.Advance(TimeSpan.FromDays(20));
        var second = await engine.SendAsync(segments);
        Assert.Equal(first.ContentHash, second.ContentHash);

        _clock.Advance(TimeSpan.FromDays(11));
        Assert.Equal(1, (await RunAsync(engine)).Pruned);
        Assert.Equal(second.RawBytes, (await engine.Journal.GetAsync(second.Id, withRaw: true, CancellationToken.None))!.Value.Message.Raw.Length);

        _clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal(1, (await RunAsync(engine)).Pruned);
        Assert.Equal(0, await engine.Store.CountAsync(Collections.ContentParts, [], 10, CancellationToken.None));
    }

    /// <summary>Each rule at its shortest, at some value and switched off, each pair of them together, of the engine and of the feed: what has not run is never touched.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public async Task When_a_message_waits_Should_keep_it_and_its_bytes_whatever_the_rules_are(string finished, string failed, string compress, bool ofFeed)
    {
        var of = ofFeed ? "Feeds:his:Retention" : "Retention";
        await using var engine = await StartAsync(
            ("Engine:DuplicateWindow", "Off"), ($"{of}:Finished", finished), ($"{of}:Failed", failed), ("Retention:CompressAfter", compress));
        var done = await engine.SendAsync(Admission(1));
        var raw = Encoding.UTF8.GetBytes(string.Join('\r', Admission(2)) + "\r");
        var waiting = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptRawAsync(raw));

        for (var round = 0; round < 3; round++)
        {
            _clock.Advance(TimeSpan.FromDays(400));
            await RunAsync(engine);
        }

        Assert.Equal(finished == "Unlimited" ? "kept kept" : "gone kept", await ExistAsync(engine, done.Id, waiting.MessageId));
        var message = (await engine.Journal.GetAsync(waiting.MessageId, withRaw: true, CancellationToken.None))!.Value.Message;
        Assert.Equal(MessageState.Waiting, message.State);
        Assert.Equal(raw, message.Raw);
        await engine.RunAsync();
        Assert.Equal("P2", (await engine.PatientAsync("P2")).Identifiers[0].Value);
    }

    [Fact]
    public async Task When_much_is_removed_Should_give_the_room_back_to_the_disk()
    {
        await using var engine = await StartAsync(("Retention:Finished", "30.00:00:00"));
        for (var i = 0; i < 40; i++)
        {
            await engine.SendAsync([.. Admission(i), .. Notes(i, count: 900)]);
        }

        var before = await engine.Store.MeasureAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromDays(31));

        var round = await RunAsync(engine);

        var after = await engine.Store.MeasureAsync(CancellationToken.None);
        Assert.Equal(40, round.Pruned);
        Assert.True(round.Reclaimed > 20_000_000, $"Only {round.Reclaimed} bytes were given back.");
        Assert.True(before.Bytes - before.FreeBytes > after.Bytes - after.FreeBytes);
        Assert.True(after.FreeBytes <= after.Bytes / 10, $"{after.FreeBytes} of {after.Bytes} bytes are still free inside.");

        await engine.CloseStoreAsync();
        Assert.True(new FileInfo(engine.StorePath).Length < 12_000_000, "The file did not become shorter.");
    }

    [Fact]
    public async Task When_a_store_grows_Should_say_how_fast_and_for_how_many_days_there_is_room()
    {
        await using var engine = await StartAsync();
        var sampler = engine.Services.GetRequiredService<StorageSampler>();
        await sampler.SampleAsync(CancellationToken.None);
        Assert.Null((await sampler.GetAsync(CancellationToken.None)).GrowthPerDay);
        for (var i = 0; i < 10; i++)
        {
            await engine.SendAsync([.. Admission(i), .. Notes(i, count: 900)]);
        }

        _clock.Advance(TimeSpan.FromHours(12));
        var status = await sampler.GetAsync(CancellationToken.None);

        Assert.InRange(status.GrowthPerDay!.Value, 15_000_000, 90_000_000);   // ten messages of a megabyte in half a day
        Assert.Equal(10, Assert.Single(status.Feeds).Messages);
        Assert.Equal(10, status.Figures.Collections.Single(c => c.Name == "messages").Documents);
        Assert.Null(status.DaysLeft);   // no volume is known here
    }

    public static TheoryData<string, string, string, bool> Rules()
    {
        string[] ages = ["1.00:00:00", "30.00:00:00", "Unlimited"];
        string[] compress = ["01:00:00", "10.00:00:00", "Never"];
        var rules = new TheoryData<string, string, string, bool>();
        for (var i = 0; i < 9; i++)
        {
            rules.Add(ages[i / 3], ages[i % 3], compress[((i / 3) + i) % 3], i % 2 == 1);
        }

        return rules;
    }

    // Short ones, since a long value would be kept as an attachment.
    private static IEnumerable<string> Notes(int seed, int count)
    {
        var random = new Random(seed);
        var bytes = new byte[700];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            yield return $"NTE|{i}||{Convert.ToBase64String(bytes)}";
        }
    }

    private static string[] Admission(int number) =>
    [
        $"MSH|^~\\&|HIS|EAST|||20260316080000+0800||ADT^A01|C{number}|P|2.5.1||||||UNICODE UTF-8",
        "EVN|A01|20260316080000+0800", $"PID|1||P{number}^^^HIS^MR||王小明^^^^^^L||19800203|M", $"PV1|1|I|W^1^1||||||||||||||||V{number}",
    ];

    private Task<TestEngine> StartAsync(params (string, string)[] settings) =>
        TestEngine.StartAsync(services => services.AddSingleton<TimeProvider>(_clock), settings);

    private static ValueTask<RetentionRound> RunAsync(TestEngine engine) => engine.Services.GetRequiredService<RetentionSweep>().RunAsync(CancellationToken.None);

    /// <summary>Sends one message while another keeps waiting.</summary>
    private static async Task<string> SendAfterAsync(TestEngine engine, string waiting, string[] segments)
    {
        var id = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(segments)).MessageId;
        Assert.NotEqual(waiting, id);
        await engine.Pipeline.RunAsync((await engine.Journal.ReadWaitingAsync(id, CancellationToken.None))!, CancellationToken.None);
        return id;
    }

    private static async Task<string> ExistAsync(TestEngine engine, params string[] ids)
    {
        var exist = new List<string>();
        foreach (var id in ids)
        {
            exist.Add(await engine.Journal.GetAsync(id, withRaw: false, CancellationToken.None) is null ? "gone" : "kept");
        }

        return string.Join(' ', exist);
    }

    private static async Task<IReadOnlyDictionary<MessageState, long>> CountsAsync(TestEngine engine)
    {
        var counts = Enum.GetValues<MessageState>().ToDictionary(state => state, _ => 0L);
        foreach (var group in await engine.Store.GroupAndCountAsync(Collections.Messages, [], [Collections.Messages.Field("state")], CancellationToken.None))
        {
            counts[Enum.Parse<MessageState>((string)group.Key[0]!)] = group.Count;
        }

        return counts;
    }
}
