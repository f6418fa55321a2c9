using Integration.SystemTests.Peers;

namespace Integration.SystemTests.Faults;

/// <summary>
/// The first guarantee: nothing acknowledged is ever lost, and nothing takes effect twice, whenever the process is killed. On either storage engine.
/// </summary>
public sealed class CrashTests(MongoPeer mongo, ITestOutputHelper output)
{
    private const int Senders = 8;
    private const int Seed = 20261121;

    /// <summary>
    /// Eight senders send admissions, each with a visit of its own, while the process is killed twelve times at random moments. A sender that got
    /// no answer sends the same message again after the restart, as real senders do. In the end every acknowledged control id is in the
    /// journal, finished exactly once, and each has exactly one Encounter in the record.
    /// </summary>
    [Fact]
    public Task Kill_AtRandomMomentsUnderLoad_LosesAndDoublesNothing() => KillAsync(EngineStorage.Sqlite, kills: 12, leastMessages: 0, mostMillisecondsBetween: 0);

    [Fact]
    public Task Kill_AtRandomMomentsUnderLoadOnMongo_LosesAndDoublesNothing() =>
        KillAsync(EngineStorage.Mongo(mongo.NewDatabase()), kills: 8, leastMessages: 0, mostMillisecondsBetween: 20);

    /// <summary>
    /// The same with 500 kills over at least 100,000 messages; about half an hour. Run it by hand with <c>-explicit only</c>.
    /// The senders pause between messages, so that the pipeline keeps up and every kill finds messages in each of its stages, new ones too.
    /// </summary>
    [Fact(Explicit = true)]
    public Task Kill_500TimesOver100000Messages_LosesAndDoublesNothing() =>
        KillAsync(EngineStorage.Sqlite, kills: 500, leastMessages: 100_000, mostMillisecondsBetween: 20);

    [Fact(Explicit = true)]
    public Task Kill_200TimesOver20000MessagesOnMongo_LosesAndDoublesNothing() =>
        KillAsync(EngineStorage.Mongo(mongo.NewDatabase()), kills: 200, leastMessages: 20_000, mostMillisecondsBetween: 50);

    /// <param name="mostMillisecondsBetween">A sender waits up to this long after each answer; 0: not at all.</param>
    private async Task KillAsync(EngineStorage storage, int kills, int leastMessages, int mostMillisecondsBetween)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var random = new Random(Seed);
        var load = new AdmissionLoad(Senders);
        var done = 0;
        for (; done < kills || load.Made < leastMessages; done++)
        {
            await using var engine = await EngineProcess.StartAsync(storage, data.Path, cancellationToken);
            var sending = load.SendUntilBrokenAsync(engine.MllpPort, mostMillisecondsBetween);
            await Task.Delay(random.Next(200, 1500), cancellationToken);
            engine.Kill();
            await sending;
        }

        Assert.True(load.Acknowledged > kills, "The load was too small to prove anything.");
        await using var last = await EngineProcess.StartAsync(storage, data.Path, cancellationToken);
        var drainLimit = TimeSpan.FromMinutes(kills > 100 ? 30 : 2);   // a life may take in far more than it can process
        await load.CheckAsync(last, $"{storage.Name}: kills {done}", drainLimit, output, cancellationToken);
    }
}
