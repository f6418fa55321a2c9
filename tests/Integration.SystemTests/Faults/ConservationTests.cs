using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Integration.SystemTests.Faults;

/// <summary>In = done + waiting + failed + filtered + duplicate, whatever happens to the process.</summary>
public sealed class ConservationTests(ITestOutputHelper output)
{
    private const int Rounds = 8;
    private const int Seed = 20261122;

    private static readonly string[] States = ["done", "waiting", "failed", "filtered", "duplicate"];

    /// <summary>
    /// Senders send good messages, broken ones, and some twice, while the process is killed or stopped again and again, failed messages are
    /// replayed, and the balance is read over the API all the time: every reading balances. In the end as many came in as were acknowledged
    /// or were answered by nothing but are there, and the journal holds just as many.
    /// </summary>
    [Fact]
    public async Task Balance_AtEveryMomentOfAChaosRun_AccountsForEveryMessage()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var random = new Random(Seed);
        var load = new ChaosLoad();
        var samples = new ConcurrentBag<JsonNode>();
        for (var round = 0; round < Rounds; round++)
        {
            await using var engine = await EngineProcess.StartAsync(data.Path, cancellationToken);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watching = Task.WhenAll(SampleAsync(engine, samples, over.Token), ReplayFailedAsync(engine, over.Token));
            var sending = load.SendUntilBrokenAsync(engine.MllpPort, senders: 6);
            await Task.Delay(random.Next(500, 1800), cancellationToken);
            if (round % 3 == 2)
            {
                Assert.Equal(0, await engine.TerminateAsync(TimeSpan.FromSeconds(30), cancellationToken));
            }
            else
            {
                engine.Kill();
            }

            await sending;
            await over.CancelAsync();
            await watching;
        }

        await using var last = await EngineProcess.StartAsync(data.Path, cancellationToken);
        await last.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var balance = await last.GetJsonAsync("/api/v1/conservation", cancellationToken);
        var journal = await last.GetAllAsync("/api/v1/messages?limit=500", cancellationToken);
        AssertBalanced(balance);
        Assert.All(samples, AssertBalanced);

        var total = balance["total"]!;
        output.WriteLine($"{samples.Count} readings, sent {load.Sent}, acknowledged {load.Acknowledged.Count}, {total.ToJsonString()}");
        Assert.True(samples.Count >= Rounds * 5 && load.Acknowledged.Count > 100, "The run was too small to prove anything.");
        Assert.Equal(journal.Count, (long)total["in"]!);
        Assert.All(States, state => Assert.Equal(journal.Count(m => (string)m["state"]! == state), (long)total[state]!));
        Assert.True((long)total["failed"]! > 0 && (long)total["duplicate"]! > 0, "The load made no failures or no duplicates.");

        // Each acknowledgement stands for one message in the journal; beyond them there may be only what was committed and killed before its answer.
        var stored = journal.CountBy(m => (string)m["controlId"]!).ToDictionary();
        Assert.All(load.Acknowledged.CountBy(id => id), id => Assert.InRange(stored.GetValueOrDefault(id.Key), id.Value, load.TimesSent(id.Key)));
    }

    private static void AssertBalanced(JsonNode reading)
    {
        Assert.True((bool)reading["balanced"]!, reading.ToJsonString());
        foreach (var balance in reading["feeds"]!.AsArray().Select(f => f!["balance"]!).Append(reading["total"]!))
        {
            Assert.All(States, state => Assert.True((long)balance[state]! >= 0, reading.ToJsonString()));
            Assert.Equal((long)balance["in"]!, States.Sum(state => (long)balance[state]!));
        }
    }

    private static async Task SampleAsync(EngineProcess engine, ConcurrentBag<JsonNode> samples, CancellationToken over)
    {
        await UntilGoneAsync(async () => samples.Add(await engine.GetJsonAsync("/api/v1/conservation", over)), over);
    }

    private static async Task ReplayFailedAsync(EngineProcess engine, CancellationToken over)
    {
        await UntilGoneAsync(async () =>
        {
            var failed = await engine.GetJsonAsync("/api/v1/messages?state=failed&limit=5", over);
            foreach (var message in failed["items"]!.AsArray())
            {
                using var answer = await engine.Api.PostAsync($"/api/v1/messages/{message!["id"]}/replay", null, over);
            }

            await Task.Delay(50, over);
        }, over);
    }

    private static async Task UntilGoneAsync(Func<Task> act, CancellationToken over)
    {
        try
        {
            while (!over.IsCancellationRequested)
            {
                await act();
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // The process is gone, which is the point of the run.
        }
    }
}
