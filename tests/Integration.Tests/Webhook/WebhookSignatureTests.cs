using Integration.Core.Security;

namespace Integration.Tests.Webhook;

public sealed class WebhookSignatureTests
{
    private const string Secret = "secret-of-the-callbacks";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly byte[] Body = "{\"id\":1}"u8.ToArray();

    [Theory]
    [InlineData(0, true)]
    [InlineData(-299, true)]
    [InlineData(299, true)]
    [InlineData(-301, false)]
    [InlineData(301, false)]
    public void Proves_SignedAtThatTime_OnlyWhileItIsFresh(int seconds, bool isProven)
    {
        var at = Now.ToUnixTimeSeconds() + seconds;

        Assert.Equal(isProven, WebhookSignature.Proves($"{at}", WebhookSignature.Of(at, Body, [Secret]), Body, Secret, Now, TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public void Proves_OneOfTwoKeys_IsEnough()
    {
        var at = Now.ToUnixTimeSeconds();

        Assert.True(WebhookSignature.Proves($"{at}", WebhookSignature.Of(at, Body, ["key-before-the-change", Secret]), Body, Secret, Now, TimeSpan.FromMinutes(5)));
    }

    [Theory]
    [InlineData("1800000000", "")]
    [InlineData("1800000000", "v1=00")]
    [InlineData("", "v1=")]
    [InlineData("-1", "v1=")]
    [InlineData("soon", "v1=")]
    [InlineData("99999999999999999999", "v1=")]
    public void Proves_AnythingElse_IsRefused(string timestamp, string signature) =>
        Assert.False(WebhookSignature.Proves(timestamp, signature, Body, Secret, Now, TimeSpan.FromMinutes(5)));

    [Fact]
    public void Proves_AnotherBodyOrKey_IsRefused()
    {
        var at = Now.ToUnixTimeSeconds();
        var signature = WebhookSignature.Of(at, Body, [Secret]);

        Assert.False(WebhookSignature.Proves($"{at}", signature, "{\"id\":2}"u8, Secret, Now, TimeSpan.FromMinutes(5)));
        Assert.False(WebhookSignature.Proves($"{at}", signature, Body, "another", Now, TimeSpan.FromMinutes(5)));
        Assert.False(WebhookSignature.Proves($"{at + 1}", signature, Body, Secret, Now, TimeSpan.FromMinutes(5)));
    }
}
