using Integration.Core.Diagnostics;

namespace Integration.Tests.Diagnostics;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Take_MoreThanAreAllowed_SpreadsThemOverTime()
    {
        var pace = new Pace(4);

        Assert.Equal([0, 250, 500, 750, 1000], Enumerable.Range(0, 5).Select(_ => pace.Take(Start).TotalMilliseconds));
        Assert.Equal(750, pace.Take(Start.AddMilliseconds(500)).TotalMilliseconds);
    }

    [Fact]
    public void Take_AfterAPause_DoesNotMakeUpForIt()
    {
        var pace = new Pace(4);
        pace.Take(Start);

        Assert.Equal([0, 250], Enumerable.Range(0, 2).Select(_ => pace.Take(Start.AddMinutes(1)).TotalMilliseconds));
    }

    [Fact]
    public void Take_WithoutALimit_NeverWaits()
    {
        var pace = new Pace(0);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.Equal(TimeSpan.Zero, pace.Take(Start)));
    }
}
