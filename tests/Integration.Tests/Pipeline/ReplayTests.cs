using Integration.Core.Intake;
using Integration.Core.Storage;
using Integration.Tests.Samples;

namespace Integration.Tests.Pipeline;

public sealed class ReplayTests
{
    /// <summary>Every message of a day once more, in order, changes no resource: same versions, same content.</summary>
    [Fact]
    public async Task When_a_whole_day_is_replayed_Should_change_nothing()
    {
        await using var engine = await TestEngine.StartAsync();
        foreach (var message in SampleFiles.DayMessages.Take(120))
        {
            await engine.AcceptRawAsync(message.Bytes);
        }

        await engine.RunAsync();
        var before = await SnapshotAsync(engine);
        var messages = await engine.Journal.SearchAsync(new MessageSearch(State: MessageState.Done, Limit: 500), CancellationToken.None);
        foreach (var message in messages.Messages.Reverse())
        {
            Assert.True(await engine.Journal.RequestReplayAsync(message.Id, CancellationToken.None));
        }

        await engine.RunAsync();

        Assert.Equal(before, await SnapshotAsync(engine));
        Assert.Equal(0, engine.Tally.Total(MessageState.Waiting));
    }

    private static async Task<List<string>> SnapshotAsync(TestEngine engine)
    {
        var page = await engine.Store.QueryAsync(new DocumentQuery(Collections.Resources) { Limit = 10_000 }, CancellationToken.None);
        return [.. page.Documents.Select(Collections.Resources.Read).Select(r => $"{r.Id} v{r.Version} {r.PatientId} {r.Resource.ToJsonString()}")];
    }
}
