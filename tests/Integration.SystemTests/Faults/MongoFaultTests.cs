using Integration.SystemTests.Peers;
using Integration.SystemTests.Storage;

namespace Integration.SystemTests.Faults;

/// <summary>
/// The first guarantee when the database fails and the engine lives: senders are told to come again (AR) while it is away, what was acknowledged is
/// there, and everything took effect once.
/// </summary>
public sealed class MongoFaultTests(ITestOutputHelper output)
{
    private const int LeastMessages = 100;
    private const int Senders = 8;
    private const int MostMillisecondsBetween = 20;
    private const int Seed = 20261122;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The database is killed with all of its processes at random moments and comes back. The gateway lives a little longer, so that the driver meets
    /// answers of a server without a database as well as a server that is gone.
    /// </summary>
    [Fact]
    public async Task KillDatabase_UnderLoad_LosesAndDoublesNothing()
    {
        const int Kills = 4;
        var random = new Random(Seed);
        await RunAsync($"MongoDB: database kills {Kills}", async (server, _, cancellationToken) =>
        {
            for (var i = 0; i < Kills; i++)
            {
                await Task.Delay(random.Next(1000, 2500), cancellationToken);
                server.KillDatabase();
                await Task.Delay(random.Next(300), cancellationToken);
                server.KillGateway();
                await Task.Delay(random.Next(300), cancellationToken);
                await server.StartAgainAsync();
            }
        });
    }

    [Fact]
    public Task Database_AwayFor15SecondsUnderLoad_SendersAreToldToComeAgain() => AwayAsync(TimeSpan.FromSeconds(15));

    [Fact(Explicit = true)]
    public Task Database_AwayForAMinuteUnderLoad_SendersAreToldToComeAgain() => AwayAsync(TimeSpan.FromMinutes(1));

    /// <summary>The connection breaks in every stage of a transaction, before or after it was carried out; the reply of a commit that took effect is lost many times.</summary>
    [Fact]
    public async Task Reply_LostAgainAndAgainUnderLoad_TakesEffectOnce()
    {
        const int Losses = 40;
        string[] commands = ["commitTransaction", "commitTransaction", "commitTransaction", "insert", "update", "findAndModify", "find"];
        var random = new Random(Seed);
        await RunAsync($"MongoDB: replies lost {Losses}", async (server, _, cancellationToken) =>
        {
            for (var i = 0; i < Losses; i++)
            {
                MongoStores.FailOnce(server.Uri, commands[random.Next(commands.Length)], random.Next(3) == 0 ? "closeConnection" : "closeAfterCommand");
                await Task.Delay(random.Next(100, 500), cancellationToken);
            }
        });
    }

    private Task AwayAsync(TimeSpan time) => RunAsync($"MongoDB: database away for {time.TotalSeconds:0} s", async (server, load, cancellationToken) =>
    {
        await Task.Delay(TimeSpan.FromSeconds(2), cancellationToken);
        server.KillDatabase();
        server.KillGateway();
        await Task.Delay(time, cancellationToken);
        var (refused, acknowledged) = (load.Refused, load.Acknowledged);
        await server.StartAgainAsync();
        Assert.True(refused > 0, "No sender was told to come again.");
        for (var i = 0; load.Acknowledged == acknowledged; i++)
        {
            Assert.True(i < 600, "Nothing was acknowledged within a minute after the database came back.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    });

    private async Task RunAsync(string what, Func<MongoServer, AdmissionLoad, CancellationToken, Task> disturb)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var server = await MongoServer.StartAsync();
        using var data = new TemporaryFolder();
        var load = new AdmissionLoad(Senders);
        await using var engine = await EngineProcess.StartAsync(EngineStorage.Mongo(server.Uri), data.Path, cancellationToken, "--Storage:MongoDb:RetryLimit=00:00:05");
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = load.SendUntilStoppedAsync(engine.MllpPort, MostMillisecondsBetween, over.Token);
        await disturb(server, load, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);

        // A slow machine needs longer to send as much as proves something.
        for (var i = 0; load.Acknowledged <= LeastMessages && i < 600; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        await over.CancelAsync();
        await sending;
        await load.SendRestAsync(engine.MllpPort, cancellationToken);
        Assert.True(load.Acknowledged > LeastMessages, $"The load was too small to prove anything: {load.Acknowledged}.");
        await load.CheckAsync(engine, what, DrainLimit, output, cancellationToken);
    }
}
