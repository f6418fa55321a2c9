using Integration.Core.Intake;

namespace Integration.Tests.Intake;

public sealed class IntakeBudgetTests
{
    private const int Free = IntakeBudget.FreeBytes;

    [Fact]
    public async Task Grow_WithinTheFreeBytes_NeverWaits()
    {
        var budget = new IntakeBudget(0);
        using var share = budget.Open();

        await share.GrowAsync(Free, CancellationToken.None);

        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public async Task Grow_AllStillArriving_LetsExactlyOnePass()
    {
        var budget = new IntakeBudget(100);
        using var first = budget.Open();
        using var second = budget.Open();
        await first.GrowAsync(Free + 60, CancellationToken.None);

        await second.GrowAsync(Free + 60, CancellationToken.None);   // nothing would be given back otherwise
        var waiting = first.GrowAsync(Free + 70, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        second.Arrived(Free + 60);
        Assert.False(waiting.IsCompleted);   // it will be given back: no need to pass the bound again
        second.GiveBack(Free + 60);

        await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(70, budget.Held);
    }

    [Fact]
    public async Task Grow_Waiting_IsServedInOrderAndForgottenWhenItsConnectionEnds()
    {
        var budget = new IntakeBudget(100);
        using var holder = budget.Open();
        await holder.GrowAsync(Free + 100, CancellationToken.None);
        holder.Arrived(Free + 100);
        using var gone = budget.Open();
        using var next = budget.Open();
        using var leaving = new CancellationTokenSource();
        var first = gone.GrowAsync(Free + 50, leaving.Token).AsTask();
        var second = next.GrowAsync(Free + 50, CancellationToken.None).AsTask();
        Assert.Equal(2, budget.Waiting);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gone.Dispose();
        Assert.False(second.IsCompleted);
        holder.GiveBack(Free + 100);

        await second.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal((50, 0), (budget.Held, budget.Waiting));
    }

    /// <summary>Whatever the order, nothing is left held, nobody waits for ever, and the bound is passed by one message at most.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Grow_ManyConnectionsAtRandom_StaysWithinTheBound(int seed)
    {
        const int MaxMessage = 20_000;
        const int Bound = 30_000;
        const int Packet = 2_000;
        const int Connections = 16;
        var budget = new IntakeBudget(Bound);
        long most = 0;

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => Task.Run(async () =>
        {
            var random = new Random((seed * 100) + n);
            for (var connection = 0; connection < 20; connection++)
            {
                using var share = budget.Open();
                for (var message = 0; message < 5; message++)
                {
                    var size = Free + random.Next(MaxMessage);
                    for (var bytes = 0; bytes < size; bytes += 1 + random.Next(Packet))
                    {
                        await share.GrowAsync(bytes, CancellationToken.None);
                        InterlockedMax(ref most, budget.Held);
                    }

                    if (random.Next(10) == 0)
                    {
                        break;   // the sender goes away in the middle of a message
                    }

                    share.Arrived(size);
                    await Task.Yield();
                    share.GiveBack(size);
                }
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal((0, 0), (budget.Held, budget.Waiting));

        // One message may pass the bound, and each connection's last packet comes unasked.
        Assert.InRange(most, 1, Bound + MaxMessage + (Connections * Packet));
    }

    private static void InterlockedMax(ref long place, long value)
    {
        for (var seen = Volatile.Read(ref place); value > seen;)
        {
            var was = Interlocked.CompareExchange(ref place, value, seen);
            seen = was == seen ? value : was;
        }
    }
}
