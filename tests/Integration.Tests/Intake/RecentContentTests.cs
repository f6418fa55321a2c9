using Integration.Core.Intake;

namespace Integration.Tests.Intake;

public sealed class RecentContentTests
{
    [Fact]
    public void Of_OtherContent_IsNullAndNotEmpty()
    {
        var recent = new RecentContent("a", new byte[] { 1, 2 });

        Assert.Null(recent.Of("b"));
        Assert.Equal([1, 2], recent.Of("a")!.Value.ToArray());
    }

    [Fact]
    public void Of_ContentThatIsNoWholeArray_IsNullAndNotEmpty() => Assert.Null(new RecentContent("a", new byte[] { 1, 2, 3 }.AsMemory(1)).Of("a"));
}
