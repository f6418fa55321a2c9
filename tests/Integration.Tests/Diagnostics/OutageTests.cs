using Integration.Core.Diagnostics;

namespace Integration.Tests.Diagnostics;

public sealed class OutageTests
{
    [Fact]
    public void Failed_SameReason_IsToldOnceAnOutage()
    {
        var clock = new StepClock(DateTimeOffset.UnixEpoch);
        var outage = new Outage(clock);

        Assert.Null(outage.Over());
        Assert.True(outage.Failed("refused"));
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.False(outage.Failed("refused"));
        Assert.True(outage.Failed("no such host"));
        Assert.False(outage.Failed("refused"));
        Assert.Equal((TimeSpan.FromMinutes(5), 4), outage.Over());
        Assert.Null(outage.Since);
        Assert.True(outage.Failed("refused"));
    }

    [Theory]
    [InlineData(1, 0, 0.5)]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 4)]
    [InlineData(6, 1, 30)]
    [InlineData(1_000_000, 0, 15)]
    public void PauseAfter_Failures_DoublesUpToTheLongest(int failures, double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.PauseAfter(failures, TimeSpan.FromSeconds(30), random));
}
