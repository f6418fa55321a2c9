using System.Diagnostics;

namespace Integration.SystemTests.Faults;

/// <summary>A stop in order finishes or leaves in the journal what was acknowledged, and the next start names what was left.</summary>
public sealed class StopTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Terminate_UnderLoad_ExitsWithin30SecondsAndTheNextStartGoesOn()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var load = new ChaosLoad();
        TimeSpan took;
        await using (var engine = await EngineProcess.StartAsync(data.Path, cancellationToken))
        {
            Assert.False((bool)(await engine.GetJsonAsync("/api/v1/engine", cancellationToken))["previousDied"]!);
            var sending = load.SendUntilBrokenAsync(engine.MllpPort, senders: 12);
            await Task.Delay(2000, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            Assert.Equal(0, await engine.TerminateAsync(Limit, cancellationToken));
            took = Stopwatch.GetElapsedTime(began);
            await sending;
        }

        await using var next = await EngineProcess.StartAsync(data.Path, cancellationToken);
        var found = await next.GetJsonAsync("/api/v1/engine", cancellationToken);
        await next.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var journal = await next.GetAllAsync("/api/v1/messages?limit=500", cancellationToken);
        output.WriteLine($"acknowledged {load.Acknowledged.Count}, stopped within {took.TotalSeconds:0.0} s, left {found["unfinished"]}");

        Assert.False((bool)found["previousDied"]!);
        Assert.True(load.Acknowledged.Count > 100, "The load was too small to prove anything.");
        var left = found["unfinishedIds"]!.AsArray().Select(id => (string)id!).ToList();
        Assert.Equal(Math.Min(100, (long)found["unfinished"]!), left.Count);
        Assert.Subset(journal.Select(m => (string)m["id"]!).ToHashSet(), left.ToHashSet());
        Assert.All(left, id => Assert.Contains(id, next.Output, StringComparison.Ordinal));

        // Each acknowledgement has its message, once; none of them takes effect twice.
        var stored = journal.CountBy(m => (string)m["controlId"]!).ToDictionary();
        Assert.All(load.Acknowledged.CountBy(id => id), id => Assert.InRange(stored.GetValueOrDefault(id.Key), id.Value, load.TimesSent(id.Key)));
        Assert.All(journal.Where(m => (string)m["state"]! != "duplicate").CountBy(m => (string)m["controlId"]!), id => Assert.Equal(1, id.Value));
    }

    [Fact]
    public async Task Start_AfterAKill_SaysSoAndNamesWhatWasLeft()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var data = new TemporaryFolder();
        var load = new ChaosLoad();
        await using (var engine = await EngineProcess.StartAsync(data.Path, cancellationToken))
        {
            var sending = load.SendUntilBrokenAsync(engine.MllpPort, senders: 12);
            await Task.Delay(1000, cancellationToken);
            engine.Kill();
            await sending;
        }

        await using var next = await EngineProcess.StartAsync(data.Path, cancellationToken);
        var found = await next.GetJsonAsync("/api/v1/engine", cancellationToken);
        await next.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);

        Assert.True((bool)found["previousDied"]!);
        Assert.Equal(Math.Min(100, (long)found["unfinished"]!), found["unfinishedIds"]!.AsArray().Count);
        var failed = await next.GetAllAsync("/api/v1/messages?state=failed&limit=500", cancellationToken);
        Assert.All(failed, m => Assert.Equal("ZZZ^Z01", (string)m["messageType"]!));
    }
}
