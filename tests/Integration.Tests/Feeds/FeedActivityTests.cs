using Integration.Core.Feeds;

namespace Integration.Tests.Feeds;

public sealed class FeedActivityTests
{
    private readonly StepClock _clock = new(new DateTimeOffset(2026, 3, 16, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void PerMinute_CountsTheRunningMinuteLastAndForgetsAfterHalfAnHour()
    {
        var activity = new FeedActivity(_clock);
        activity.Received("his");
        _clock.Advance(TimeSpan.FromMinutes(1));
        activity.Received("his");
        activity.Received("his");

        Assert.Equal([1, 2], activity.PerMinute("his").TakeLast(2));
        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(2, activity.PerMinute("his")[0]);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, activity.PerMinute("his").Sum());
    }

    [Fact]
    public void PerSecond_IsTheMeanOfTenFullSeconds()
    {
        var activity = new FeedActivity(_clock);
        for (var second = 0; second < 10; second++)
        {
            for (var i = 0; i < 5; i++)
            {
                activity.Received("his");
            }

            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, activity.PerSecond("his"));
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, activity.PerSecond("his"));
    }

    [Fact]
    public void LastReceived_UnknownFeed_IsNull() => Assert.Null(new FeedActivity(_clock).LastReceived("none"));
}
