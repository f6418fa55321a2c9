using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Intake.Sequences;
using Integration.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Intake;

/// <summary>What a sender counted and did not arrive is known, in the same commit as the message that reveals it.</summary>
public sealed class GapDetectionTests
{
    [Fact]
    public async Task When_17_to_19_of_1_to_100_are_lost_Should_report_missing_17_to_19_until_they_arrive()
    {
        await using var engine = await TestEngine.StartAsync();
        foreach (var number in Enumerable.Range(1, 100).Where(n => n is < 17 or > 19))
        {
            Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(Adt($"C{number}", number)));
        }

        var sender = Assert.Single(await SendersAsync(engine));
        var gap = Assert.Single(sender.Missing);
        Assert.Equal(("HIS|EAST", "17–19", 3L, 100L), (sender.Sender, gap.Numbers, sender.MissingCount, sender.Highest));
        var reveals = (await engine.Journal.GetAsync(gap.MessageId, withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Equal("C20", reveals.ControlId);
        Assert.Equal("Missing 17–19 of this sender's count.", Assert.Single(reveals.Issues, i => i.Code == IntegrationErrorCode.SequenceGap).Text);

        await engine.AcceptAsync(Adt("C18", 18));
        Assert.Equal(["17", "19"], Assert.Single(await SendersAsync(engine)).Missing.Select(range => range.Numbers));
        await engine.AcceptAsync(Adt("C17", 17));
        await engine.AcceptAsync(Adt("C19", 19));
        Assert.Empty(Assert.Single(await SendersAsync(engine)).Missing);
    }

    [Fact]
    public async Task When_the_message_that_reveals_a_gap_has_run_Should_still_carry_the_warning()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Adt("C1", 1));

        var reveals = await engine.SendAsync(Adt("C4", 4));

        Assert.Equal(MessageState.Done, reveals.State);
        Assert.Contains(reveals.Issues, i => i.Code == IntegrationErrorCode.SequenceGap);
    }

    [Fact]
    public async Task When_the_same_message_comes_twice_Should_count_it_once()
    {
        await using var engine = await TestEngine.StartAsync();

        await engine.AcceptAsync(Adt("C1", 1));
        await engine.AcceptAsync(Adt("C2", 2));
        Assert.IsType<IntakeResult.Duplicate>(await engine.AcceptAsync(Adt("C1", 1)));
        await engine.AcceptAsync(Adt("C3", 3));

        Assert.Equal((3L, 0, 0L), Assert.Single(await SendersAsync(engine)) is var s ? (s.Highest, s.Restarts, s.MissingCount) : default);
    }

    [Fact]
    public async Task When_the_store_refuses_a_message_Should_not_count_it()
    {
        await using var engine = await TestEngine.StartAsync();
        var store = new InterruptibleStore(engine.Store);
        var tally = new MessageTally();
        var journal = ActivatorUtilities.CreateInstance<MessageJournal>(engine.Services, store, tally);
        var watch = ActivatorUtilities.CreateInstance<SequenceWatch>(engine.Services, store, journal);
        await watch.AppendAsync(Entry("1"), 1, CancellationToken.None);

        store.Away = true;
        await Assert.ThrowsAsync<Core.Storage.StoreUnavailableException>(async () => await watch.AppendAsync(Entry("2"), 2, CancellationToken.None));
        store.Away = false;
        await watch.AppendAsync(Entry("3"), 3, CancellationToken.None);

        Assert.Equal("2", Assert.Single(Assert.Single(await SendersAsync(engine)).Missing).Numbers);
        Assert.Equal(2, Assert.Single(tally.Snapshot()).In);
    }

    /// <summary>Off unless the feed says so: most senders count their control ids over all receivers.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("ControlId", 1)]
    [InlineData("Off", 0)]
    public async Task When_control_ids_are_numbers_Should_watch_them_only_where_asked(string detection, int senders)
    {
        await using var engine = detection.Length == 0 ? await TestEngine.StartAsync() : await TestEngine.StartAsync(_ => { }, ("Feeds:his:GapDetection", detection));

        await engine.AcceptAsync(Adt("1001", null));
        await engine.AcceptAsync(Adt("1004", null));

        Assert.Equal(senders, (await SendersAsync(engine)).Count);
        Assert.All(await SendersAsync(engine), sender => Assert.Equal("1002–1003", Assert.Single(sender.Missing).Numbers));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]     // link is starting up
    [InlineData("-1")]    // asks what is expected
    [InlineData("7a")]
    public async Task When_MSH13_is_no_number_of_a_count_Should_not_watch(string number)
    {
        await using var engine = await TestEngine.StartAsync();

        await engine.AcceptAsync($"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000||ADT^A08|C1|P|2.5.1|{number}", "PID|1||1001^^^HIS^MR||王^芳");

        Assert.Empty(await SendersAsync(engine));
    }

    private static async Task<IReadOnlyList<SenderSequence>> SendersAsync(TestEngine engine) =>
        (await engine.Services.GetRequiredService<SequenceWatch>().ListAsync("his", 10, null, CancellationToken.None)).Senders;

    private static string[] Adt(string controlId, int? number) =>
    [
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A08|{controlId}|P|2.5.1|{number}",
        "EVN|A08|20260316080000+0800",
        "PID|1||1001^^^HIS^MR||王^芳||19800203|F",
    ];

    private static JournaledMessage Entry(string id) => new()
    {
        Id = id,
        Feed = "his",
        Sender = "HIS|EAST",
        Received = new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero),
        Format = "hl7v2",
        ContentHash = id,
    };
}
