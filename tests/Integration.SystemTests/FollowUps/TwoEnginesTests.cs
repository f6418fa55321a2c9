using System.Diagnostics;
using Integration.SystemTests.Faults;
using Integration.SystemTests.Peers;

namespace Integration.SystemTests.FollowUps;

/// <summary>Two engine processes on one MongoDB look for the same due work at the same time.</summary>
public sealed class TwoEnginesTests(MongoPeer peer, ITestOutputHelper output)
{
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task When_two_engines_share_a_store_Should_tell_each_piece_of_work_once()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var storage = EngineStorage.Mongo(peer.NewDatabase());
        using var data = new TemporaryFolder();
        var results = new CriticalResults(patients: 20, results: 4);
        await using (var planning = await EngineProcess.StartAsync(storage, Path.Combine(data.Path, "one"), cancellationToken, "--FollowUps:Enabled=false"))
        {
            await results.SendAsync(planning.MllpPort, mostMillisecondsBetween: 0);
            await planning.DrainAsync(Most, cancellationToken);
            Assert.Equal(results.Count, (await planning.GetAllAsync("/api/v1/follow-ups?rule=critical-result&state=planned&limit=500", cancellationToken)).Count);
            await planning.TerminateAsync(Most, cancellationToken);
        }

        string[] settings = ["--FollowUps:Sweep=00:00:01", "--Retention:Every=00:00:01"];
        var starting = new[] { "one", "two" }.Select(name => EngineProcess.StartAsync(storage, Path.Combine(data.Path, name), cancellationToken, settings)).ToList();
        await using var one = await starting[0];
        await using var two = await starting[1];
        for (var began = Stopwatch.GetTimestamp(); (await one.GetAllAsync("/api/v1/follow-ups?rule=critical-result&state=planned&limit=500", cancellationToken)).Count > 0; await Task.Delay(100, cancellationToken))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Most, $"Work is still planned:\n{one.Output}\n{two.Output}");
        }

        var told = (await EventProof.EventsOfAsync(two, cancellationToken)).Where(e => (string)e["type"]! == "followUp.due").Select(e => (string)e["subject"]!).ToList();

        output.WriteLine($"{told.Count} events of {results.Count} pieces of work");
        Assert.Equal(results.Count, told.Count);
        Assert.Equal(results.Count, told.Distinct(StringComparer.Ordinal).Count());
    }
}
