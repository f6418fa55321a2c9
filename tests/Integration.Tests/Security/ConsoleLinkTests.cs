using Integration.Host.Security;

namespace Integration.Tests.Security;

public sealed class ConsoleLinkTests
{
    private readonly StepClock _clock = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(14, true)]
    [InlineData(15, false)]
    public void Redeem_WithinFifteenMinutes_Works(int minutes, bool expected)
    {
        var link = new ConsoleLink(_clock);
        var token = link.Create()["/signin/".Length..];

        _clock.Advance(TimeSpan.FromMinutes(minutes));

        Assert.Equal(expected, link.Redeem(token));
        Assert.False(link.Redeem(token));
    }

    [Fact]
    public void Redeem_TokenNobodyMade_Fails()
    {
        var link = new ConsoleLink(_clock);

        Assert.NotEqual(link.Create(), link.Create());
        Assert.False(link.Redeem(""));
        Assert.False(link.Redeem("guess"));
    }
}
