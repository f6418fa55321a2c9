using Integration.Core.Diagnostics;
using Integration.Core.Intake;

namespace Integration.Tests.Intake;

/// <summary>The same message again is acknowledged and has no effect; other content under a used control id raises a conflict and has.</summary>
public sealed class DuplicateWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task When_1000_messages_are_resent_Should_acknowledge_1000_duplicates_and_list_an_altered_copy_as_conflict()
    {
        await using var engine = await TestEngine.StartAsync();
        for (var i = 0; i < 1000; i++)
        {
            Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(Adt(i, "王^芳")));
        }

        for (var i = 0; i < 1000; i++)
        {
            Assert.IsType<IntakeResult.Duplicate>(await engine.AcceptAsync(Adt(i, "王^芳")));
        }

        var altered = Assert.IsType<IntakeResult.Accepted>(await engine.AcceptAsync(Adt(7, "王^方")));

        var balance = Assert.Single(engine.Tally.Snapshot());
        Assert.Equal((2001L, 1001L, 1000L, 0L), (balance.In, balance.Counts[MessageState.Waiting], balance.Counts[MessageState.Duplicate], balance.Difference));
        var conflict = Assert.Single((await engine.Journal.SearchAsync(new MessageSearch(Mark: MessageMarks.Conflict), CancellationToken.None)).Messages);
        Assert.Equal(altered.MessageId, conflict.Id);
        var earlier = (await engine.Journal.GetAsync(conflict.RelatesTo!, withRaw: false, CancellationToken.None))!.Value.Message;
        Assert.Equal("C7", earlier.ControlId);
        Assert.Contains(conflict.Issues, i => i.Code == IntegrationErrorCode.ControlIdReused);
    }

    [Theory]
    [InlineData("7.00:00:00", 6, true)]
    [InlineData("7.00:00:00", 8, false)]
    [InlineData("01:00:00", 1, false)]
    [InlineData("Unlimited", 3000, true)]
    [InlineData("Off", 0, false)]
    public async Task When_a_copy_comes_after_some_days_Should_be_a_duplicate_within_the_window(string window, int days, bool isDuplicate)
    {
        var clock = new StepClock(Start);
        await using var engine = await TestEngine.StartAsync(
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(services, clock),
            ("Feeds:his:DuplicateWindow", window));
        await engine.AcceptAsync(Adt(1, "王^芳"));
        clock.Advance(TimeSpan.FromDays(days));

        var again = await engine.AcceptAsync(Adt(1, "王^芳"));

        Assert.Equal(isDuplicate, again is IntakeResult.Duplicate);
    }

    [Fact]
    public async Task When_a_message_is_replayed_Should_not_be_taken_for_a_duplicate()
    {
        await using var engine = await TestEngine.StartAsync();
        var message = await engine.SendAsync(Adt(1, "王^芳"));

        Assert.True(await engine.Journal.RequestReplayAsync(message.Id, CancellationToken.None));
        await engine.RunAsync();

        Assert.Equal((MessageState.Done, 2), (await engine.Journal.GetAsync(message.Id, withRaw: false, CancellationToken.None)) is var (m, _) ? (m.State, m.Attempts) : default);
        Assert.Equal(0, engine.Tally.Total(MessageState.Duplicate));
    }

    private static string[] Adt(int number, string name) =>
    [
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316080000+0800||ADT^A08|C{number}|P|2.5.1",
        "EVN|A08|20260316080000+0800",
        $"PID|1||{number}^^^HIS^MR||{name}||19800203|F",
    ];
}
