using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Intake;

/// <summary>Many messages of a source that knows its place, and its place, in one commit.</summary>
public sealed class BulkIntakeTests
{
    [Fact]
    public async Task AcceptAll_JournalsInOrderWithTheWatermark()
    {
        await using var engine = await TestEngine.StartAsync();

        Assert.Null(await Bulk(engine).AcceptAllAsync([.. Enumerable.Range(1, 50).Select(Message)], [FeedWatermarks.Write("his", "rows", "i:50")], CancellationToken.None));

        var waiting = await engine.Journal.ReadWaitingAsync(0, 100, CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 50).Select(number => IdOf(number)), waiting.Select(message => message.Message.Id));
        Assert.Equal(50, engine.Tally.Of("his")[MessageState.Waiting]);
        Assert.Equal("i:50", await engine.Services.GetRequiredService<FeedWatermarks>().GetAsync("his", "rows", CancellationToken.None));
    }

    [Fact]
    public async Task AcceptAll_WhatIsKnown_IsLeftOutAndTheRestTaken()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Intake.AcceptAsync(Message(2), CancellationToken.None);

        Assert.Null(await Bulk(engine).AcceptAllAsync([Message(1), Message(2), Message(3)], [], CancellationToken.None));

        Assert.Equal(3, engine.Tally.Of("his").Values.Sum());
        Assert.Equal(3, (await engine.Journal.SearchAsync(new MessageSearch(), CancellationToken.None)).Messages.Count);
    }

    [Fact]
    public async Task AcceptAll_StoreThatHasNoRoom_TakesNothing()
    {
        await using var engine = await TestEngine.StartAsync(() => 0);

        var refused = await Bulk(engine).AcceptAllAsync([Message(1)], [FeedWatermarks.Write("his", "rows", "i:1")], CancellationToken.None);

        Assert.NotNull(refused);
        Assert.Equal(0, engine.Tally.Of("his").Values.Sum());
        Assert.Null(await engine.Services.GetRequiredService<FeedWatermarks>().GetAsync("his", "rows", CancellationToken.None));
    }

    [Fact]
    public async Task AcceptAll_UnreadableAndLongMessages_AreKept()
    {
        await using var engine = await TestEngine.StartAsync();
        var unreadable = Message(1) with { HeaderIssues = [MessageIssue.Error(IntegrationErrorCode.RowUnreadable, "c", "No.")] };
        var raw = new byte[2 * 1024 * 1024];
        Random.Shared.NextBytes(raw);

        await Bulk(engine).AcceptAllAsync([unreadable, Message(2) with { Raw = raw }], [], CancellationToken.None);

        Assert.Equal((1, 1), (engine.Tally.Of("his")[MessageState.Failed], engine.Tally.Of("his")[MessageState.Waiting]));
        Assert.Equal(raw, (await engine.Journal.GetAsync(IdOf(2), withRaw: true, CancellationToken.None))!.Value.Message.Raw.ToArray());
    }

    [Fact]
    public async Task AcceptAll_MessagesThatAreToldApartOtherwise_AreNotTaken()
    {
        await using var engine = await TestEngine.StartAsync();

        foreach (var message in new[] { Message(1) with { Id = null }, Message(1) with { ControlId = "C1" }, Message(1) with { SequenceNumber = 7 } })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await Bulk(engine).AcceptAllAsync([message], [], CancellationToken.None));
        }
    }

    private static IBulkIntake Bulk(TestEngine engine) => engine.Services.GetRequiredService<IBulkIntake>();

    private static string IdOf(int number) => $"019aa4d07c00700080000000{number:D8}";

    private static InboundMessage Message(int number) => new("his", "rows", "{}"u8.ToArray()) { Id = IdOf(number), MessageType = "his_visit" };
}
