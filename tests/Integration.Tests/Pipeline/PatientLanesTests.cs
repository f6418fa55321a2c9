using System.Collections.Concurrent;
using Integration.Core.Intake;
using Integration.Core.Pipeline;

namespace Integration.Tests.Pipeline;

public sealed class PatientLanesTests
{
    [Fact]
    public async Task EnqueueAsync_ManyKeys_KeepsTheOrderOfEachKeyAndNeverRunsOneKeyTwice()
    {
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var busy = new ConcurrentDictionary<string, int>();
        var overlaps = 0;
        var done = new CountdownEvent(2000);
        var lanes = new PatientLanes(async (waiting, _) =>
        {
            var key = waiting.Message.PatientKey;
            overlaps += busy.AddOrUpdate(key, 1, (_, n) => n + 1) > 1 ? 1 : 0;
            await Task.Yield();
            seen.GetOrAdd(key, _ => new()).Enqueue((int)waiting.Sequence);
            busy.AddOrUpdate(key, 0, (_, n) => n - 1);
            done.Signal();
        }, maxBusy: 8, maxQueued: 100, TaskScheduler.Default);

        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            await lanes.EnqueueAsync(Message($"patient {random.Next(40)}", i), TestContext.Current.CancellationToken);
        }

        Assert.True(done.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(0, overlaps);
        Assert.All(seen.Values, order => Assert.Equal(order.Order(), order));
    }

    [Fact]
    public async Task EnqueueAsync_OneLaneIsSlow_OthersGoOn()
    {
        var release = new TaskCompletionSource();
        var others = new CountdownEvent(50);
        var lanes = new PatientLanes(async (waiting, _) =>
        {
            if (waiting.Message.PatientKey == "slow")
            {
                await release.Task;
            }
            else
            {
                others.Signal();
            }
        }, maxBusy: 4, maxQueued: 100, TaskScheduler.Default);

        await lanes.EnqueueAsync(Message("slow", 0), TestContext.Current.CancellationToken);
        for (var i = 1; i <= 50; i++)
        {
            await lanes.EnqueueAsync(Message($"quick {i}", i), TestContext.Current.CancellationToken);
        }

        Assert.True(others.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        release.SetResult();
    }

    [Fact]
    public async Task EnqueueAsync_Full_WaitsUntilThereIsRoom()
    {
        var release = new TaskCompletionSource();
        var lanes = new PatientLanes((_, _) => release.Task, maxBusy: 1, maxQueued: 2, TaskScheduler.Default);
        await lanes.EnqueueAsync(Message("a", 0), TestContext.Current.CancellationToken);
        await lanes.EnqueueAsync(Message("a", 1), TestContext.Current.CancellationToken);

        var third = lanes.EnqueueAsync(Message("a", 2), TestContext.Current.CancellationToken).AsTask();

        Assert.False(third.IsCompleted);
        release.SetResult();
        await third.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static WaitingMessage Message(string key, int sequence) => new(
        new JournaledMessage
        {
            Id = $"m{sequence}",
            Feed = "his",
            Received = DateTimeOffset.UnixEpoch,
            Format = "hl7v2",
            ContentHash = "",
            PatientKey = key,
        }, 1, sequence);
}
