using Integration.Core.Diagnostics;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Faults;

/// <summary>
/// The process dies between two writes, at places by name: what was acknowledged has its effect once, what is pruned and compressed stays whole, and nothing in the
/// store refers to nothing.
/// </summary>
public sealed class NamedCrashTests(MongoPeer mongo, ITestOutputHelper output)
{
    private const int Senders = 4;

    // Kept for two seconds, so that rules and compression work under the load too; the record stays.
    private static readonly string[] ShortLived =
    [
        "--Retention:Every=00:00:01", "--Retention:Finished=00:00:02", "--Retention:CompressAfter=00:00:01", "--Engine:DuplicateWindow=Off",
    ];

    [Theory]
    [InlineData(CrashPoints.Journaled, 40)]
    [InlineData(CrashPoints.StagesRun, 40)]
    [InlineData(CrashPoints.Committed, 40)]
    [InlineData(CrashPoints.Compressed, 2)]
    [InlineData(CrashPoints.Pruned, 2)]
    [InlineData(CrashPoints.Reclaimed, 1)]
    public Task Crash_BetweenTwoWrites_LosesAndDoublesNothing(string point, int times) => CrashAsync(EngineStorage.Sqlite, point, times);

    [Theory]
    [InlineData(CrashPoints.Journaled)]
    [InlineData(CrashPoints.StagesRun)]
    [InlineData(CrashPoints.Committed)]
    public Task Crash_BetweenTwoWritesOnMongo_LosesAndDoublesNothing(string point) => CrashAsync(EngineStorage.Mongo(mongo.NewDatabase()), point, times: 40);

    private async Task CrashAsync(EngineStorage storage, string point, int times)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var isRetention = point is CrashPoints.Compressed or CrashPoints.Pruned or CrashPoints.Reclaimed;
        var load = new VisitLoad(noteBytes: isRetention ? 20_000 : 0);
        await using (var dying = await EngineProcess.StartAsync(storage, data.Path, $"{point}:{times}", cancellationToken, isRetention ? ShortLived : []))
        {
            await load.SendAsync(dying.MllpPort, Senders, () => isRetention && load.Acknowledged >= 1_500).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
            await dying.DiedAsync(TimeSpan.FromMinutes(2), cancellationToken);
        }

        await using var engine = await EngineProcess.StartAsync(storage, data.Path, cancellationToken);
        await load.SendAgainAsync(engine.MllpPort);
        await engine.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var visits = await load.AssertEffectsAsync(engine, cancellationToken);
        var balance = await engine.GetJsonAsync("/api/v1/conservation", cancellationToken);
        Assert.True((bool)balance["balanced"]!, balance.ToJsonString());
        Assert.Equal(0, await engine.TerminateAsync(TimeSpan.FromSeconds(30), cancellationToken));

        var (exitCode, text) = await EngineProcess.RunToEndAsync(storage, cancellationToken, "store", "verify", "--json", $"--Engine:DataFolder={data.Path}");
        output.WriteLine($"{storage.Name}, {point}: acknowledged {load.Acknowledged}, visits {visits}\n{text}");
        Assert.Equal(0, exitCode);
        Assert.True(load.Acknowledged > 10, "The load was too small to prove anything.");
    }
}
