using Integration.Core.Feeds;

namespace Integration.Tests.Feeds;

public sealed class FeedWakeUpsTests
{
    private readonly StepClock _clock = new(DateTimeOffset.UnixEpoch);
    private readonly FeedWakeUps _wakeUps = new();

    [Fact]
    public async Task WaitAsync_WokenTwiceBefore_ReturnsOnce()
    {
        _wakeUps.Wake("his");
        _wakeUps.Wake("his");
        _wakeUps.Wake("lis");

        await _wakeUps.WaitAsync("his", Timeout.InfiniteTimeSpan, _clock, CancellationToken.None);
        var second = _wakeUps.WaitAsync("his", Timeout.InfiniteTimeSpan, _clock, CancellationToken.None);

        Assert.False(second.IsCompleted);
        _wakeUps.Wake("his");
        await second.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WaitAsync_PauseIsOver_Returns()
    {
        var wait = _wakeUps.WaitAsync("his", TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None);
        var over = _wakeUps.WaitAsync("lis", TimeSpan.Zero, TimeProvider.System, CancellationToken.None);

        await over.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.False(wait.IsCompleted);
        _wakeUps.Wake("his");
        await wait.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task WaitAsync_Stopped_Throws()
    {
        using var stop = new CancellationTokenSource();
        var wait = _wakeUps.WaitAsync("his", Timeout.InfiniteTimeSpan, _clock, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
