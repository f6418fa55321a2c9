using Integration.Core.Intake;
using Integration.Core.Operations;
using Integration.Core.Storage;
using Integration.Tests.Samples;

namespace Integration.Tests.Operations;

/// <summary>A time range runs again through the mappings of now.</summary>
public sealed class ReplayRangeTests
{
    /// <summary>The record says the same, and nothing is there that was not there before: nothing that could be sent again.</summary>
    [Fact]
    public async Task When_a_day_is_replayed_Should_leave_the_record_and_everything_outgoing_as_it_was()
    {
        await using var engine = await TestEngine.StartAsync();
        foreach (var message in SampleFiles.DayMessages)
        {
            await engine.AcceptRawAsync(message.Bytes);
        }

        await engine.RunAsync();
        var record = await engine.RecordAsync();
        var documents = await CountsAsync(engine);
        var balance = Assert.Single(engine.Tally.Snapshot());

        var replay = await engine.CarryOutAsync(OperationKind.Replay, new MessageSelection(From: DateTimeOffset.UnixEpoch, Below: DateTimeOffset.MaxValue));

        Assert.Equal(record, await engine.RecordAsync());
        Assert.Equal(documents, await CountsAsync(engine));
        Assert.Equal(balance.Counts, Assert.Single(engine.Tally.Snapshot()).Counts);
        Assert.Equal(balance.In - balance.Counts[MessageState.Duplicate], replay.Total);
        Assert.Equal((balance.Counts[MessageState.Done] + balance.Counts[MessageState.Filtered], balance.Counts[MessageState.Failed], 0L), (replay.Done, replay.Failed, replay.Skipped));
    }

    [Fact]
    public async Task When_a_range_a_feed_and_a_type_are_given_Should_run_those_messages_in_order_of_arrival()
    {
        var clock = new StepClock(new DateTimeOffset(2026, 3, 16, 8, 0, 0, TimeSpan.Zero));
        await using var engine = await TestEngine.StartAsync(
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(services, clock));
        var sent = new List<JournaledMessage>();
        for (var i = 0; i < 6; i++)
        {
            sent.Add(await engine.SendAsync(OperationsEngine.Adt(i, "1")));
            clock.Advance(TimeSpan.FromHours(1));
        }

        var replay = await engine.CarryOutAsync(
            OperationKind.Replay, new MessageSelection(Feed: "his", MessageType: "ADT^A08", From: sent[2].Received, Below: sent[5].Received));
        var none = await engine.CarryOutAsync(OperationKind.Replay, new MessageSelection(MessageType: "ADT^A01", From: sent[0].Received, Below: DateTimeOffset.MaxValue));

        var after = (await engine.Store.QueryAsync(new DocumentQuery(Collections.Messages) { OrderBy = [new(DocumentField.Sequence)] }, CancellationToken.None))
            .Documents.Select(Collections.Messages.Read).Where(m => m.Attempts == 2).Select(m => m.ControlId);
        Assert.Equal(["C2", "C3", "C4"], after);
        Assert.Equal((3L, 3L), (replay.Total, replay.Done));
        Assert.Equal((0L, OperationState.Finished), (none.Total, none.State));
    }

    [Fact]
    public async Task When_an_operation_is_cancelled_Should_leave_the_rest_alone()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(OperationsEngine.Adt(1, "1"));
        var started = await engine.Operations().StartAsync(
            OperationKind.Replay, new MessageSelection(From: DateTimeOffset.UnixEpoch, Below: DateTimeOffset.MaxValue), "tests", "", CancellationToken.None);

        var cancelled = await engine.Operations().CancelAsync(started.Id, "tests", "wrong day", CancellationToken.None);
        await engine.FinishOperationsAsync();

        Assert.Equal((OperationState.Cancelled, 1L), (cancelled!.State, cancelled.Skipped));
        Assert.Equal(1, engine.Tally.Total(MessageState.Done));
        Assert.Equal(1, (await engine.Journal.SearchAsync(new MessageSearch(), CancellationToken.None)).Messages.Single().Attempts);
    }

    // Operations and their audit are what a replay itself adds.
    private static async Task<List<string>> CountsAsync(TestEngine engine)
    {
        var counts = new List<string>();
        foreach (var collection in Collections.All.Where(c => c.Name is not ("operations" or "audit")))
        {
            counts.Add($"{collection.Name} {await engine.Store.CountAsync(collection, [], 1_000_000, CancellationToken.None)}");
        }

        return counts;
    }
}
