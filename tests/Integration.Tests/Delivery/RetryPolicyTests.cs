using Integration.Core.Delivery;

namespace Integration.Tests.Delivery;

/// <summary>The pauses as a table.</summary>
public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(1, 0.0, 1)]
    [InlineData(2, 0.0, 2)]
    [InlineData(5, 0.0, 16)]
    [InlineData(9, 0.0, 256)]
    [InlineData(10, 0.0, 300)]
    [InlineData(1000, 0.0, 300)]
    [InlineData(1000, 0.5, 270)]
    public void PauseAfter_DoublesUpToTheMost_ChanceOnlyShortens(int failures, double chance, double seconds) =>
        Assert.Equal(seconds, RetryPolicy.PauseAfter(failures, new RetryOptions(), chance).TotalSeconds, 3);
}
