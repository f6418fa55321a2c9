using Integration.Core.Delivery;

namespace Integration.Tests.Delivery;

public sealed class CircuitBreakerTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly CircuitBreaker _breaker = new(
        new DestinationOptions { Name = "crm", Feed = "crm", Retry = new RetryOptions { First = TimeSpan.FromSeconds(1), Max = TimeSpan.FromSeconds(5), Jitter = 0 } }, () => 0);

    [Fact]
    public void Hold_WithoutATime_GrowsWhileItDoesNotHelp()
    {
        var pauses = new List<double>();
        for (var now = Start; pauses.Count < 5; now = _breaker.ClosedUntil)
        {
            _breaker.Hold(now, null);
            pauses.Add((_breaker.ClosedUntil - now).TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 5, 5], pauses);
        Assert.Equal(CircuitState.Closed, _breaker.StateAt(Start));   // it answers: it is not away
    }

    [Fact]
    public void Hold_AnsweredBySeveralUnderWay_IsOnePause()
    {
        _breaker.Hold(Start, null);
        _breaker.Hold(Start.AddMilliseconds(10), null);
        _breaker.Succeed(Start.AddMilliseconds(20));   // was under way too

        Assert.Equal(Start.AddMilliseconds(1010), _breaker.ClosedUntil);
        _breaker.Succeed(Start.AddSeconds(2));
        _breaker.Hold(Start.AddSeconds(3), null);
        Assert.Equal(Start.AddSeconds(4), _breaker.ClosedUntil);
    }

    [Fact]
    public void Hold_WithATime_LastsSoLongButAnHourAtMost()
    {
        _breaker.Hold(Start, TimeSpan.FromSeconds(90));
        Assert.Equal(Start.AddSeconds(90), _breaker.ClosedUntil);

        _breaker.Hold(Start.AddSeconds(90), TimeSpan.FromDays(1));
        Assert.Equal(Start.AddSeconds(90).AddHours(1), _breaker.ClosedUntil);
        _breaker.TryNow();
        Assert.True(_breaker.ClosedUntil < Start);
    }
}
