using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Integration.Adapters.Webhook;
using Integration.Core.Delivery;
using Integration.Core.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Webhook;

public sealed class WebhookDestinationTests
{
    private const string Old = "an-old-secret-of-the-crm-0001";
    private const string New = "a-new-secret-of-the-crm-00002";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The value was computed by OpenSSL: <c>printf '1772352000.{"id":"1"}' | openssl dgst -sha256 -hmac SECRET</c>.</summary>
    [Fact]
    public void Of_KnownBody_IsWhatOpenSslComputes() =>
        Assert.Equal("v1=13ea00fd61bd1a974e135ebae6675aef1cf82629915c44865fe2b3f3f2613443", WebhookSignature.Of(1772352000, """{"id":"1"}"""u8, [Old]));

    [Fact]
    public async Task Send_Event_IsSignedWithEveryKeyOverTimeAndBodyAsSent()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var destination = Destination(receiver.Address, Old, New);

        var result = await destination.SendAsync("""{"id":"1"}"""u8.ToArray(), "1", TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.IsType<SendResult.Accepted>(result);
        var (headers, body) = Assert.Single(receiver.Requests);
        Assert.Equal("""{"id":"1"}""", Encoding.UTF8.GetString(body));
        Assert.Equal("application/cloudevents+json; charset=utf-8", headers["Content-Type"]);
        Assert.Equal("1", headers["Webhook-Id"]);
        Assert.Equal(Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), headers["Webhook-Timestamp"]);
        Assert.Equal(WebhookSignature.Of(Now.ToUnixTimeSeconds(), body, [Old, New]), headers["Webhook-Signature"]);
        Assert.Equal(2, headers["Webhook-Signature"].Split(',').Distinct().Count());
    }

    [Theory]
    [InlineData(200, typeof(SendResult.Accepted))]
    [InlineData(202, typeof(SendResult.Accepted))]
    [InlineData(302, typeof(SendResult.Unreachable))]
    [InlineData(400, typeof(SendResult.Rejected))]
    [InlineData(401, typeof(SendResult.Unreachable))]
    [InlineData(404, typeof(SendResult.Unreachable))]
    [InlineData(408, typeof(SendResult.TimedOut))]
    [InlineData(410, typeof(SendResult.Gone))]
    [InlineData(413, typeof(SendResult.Rejected))]
    [InlineData(422, typeof(SendResult.Rejected))]
    [InlineData(429, typeof(SendResult.Busy))]
    [InlineData(500, typeof(SendResult.Refused))]
    [InlineData(502, typeof(SendResult.Unreachable))]
    [InlineData(503, typeof(SendResult.Busy))]
    public void Read_Status_SaysWhetherTheEventOrTheReceiverIsToBlame(int status, Type expected) =>
        Assert.IsType(expected, WebhookAnswer.Read((HttpStatusCode)status, null, "", Now));

    [Fact]
    public void Read_RetryAfter_IsHonouredAsSecondsAndAsDate()
    {
        var seconds = (SendResult.Busy)WebhookAnswer.Read(HttpStatusCode.TooManyRequests, new RetryConditionHeaderValue(TimeSpan.FromSeconds(90)), "", Now);
        var date = (SendResult.Busy)WebhookAnswer.Read(HttpStatusCode.ServiceUnavailable, new RetryConditionHeaderValue(Now.AddMinutes(7)), "", Now);
        var past = (SendResult.Busy)WebhookAnswer.Read(HttpStatusCode.ServiceUnavailable, new RetryConditionHeaderValue(Now.AddMinutes(-7)), "", Now);

        Assert.Equal([TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(7), TimeSpan.Zero], [seconds.After, date.After, past.After]);
    }

    [Fact]
    public async Task Send_ToARedirect_GoesNowhereElse()
    {
        await using var other = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.Redirect(other.Address.ToString());
            return Task.CompletedTask;
        };
        await using var destination = Destination(receiver.Address, Old);

        var result = await destination.SendAsync("{}"u8.ToArray(), "1", TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Contains("302", Assert.IsType<SendResult.Unreachable>(result).Reason, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Send_ToAReceiverThatNeverAnswers_TimesOutAndTheNextGoesThrough()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var first = true;
        receiver.Answer = async context =>
        {
            if (first)
            {
                first = false;
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        };
        await using var destination = Destination(receiver.Address, Old);

        var slow = await destination.SendAsync("{}"u8.ToArray(), "1", TimeSpan.FromMilliseconds(300), CancellationToken.None);
        var next = await destination.SendAsync("{}"u8.ToArray(), "2", TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.IsType<SendResult.TimedOut>(slow);
        Assert.IsType<SendResult.Accepted>(next);
    }

    [Fact]
    public async Task Send_ToAClosedPort_IsUnreachableAndSaysWhy()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));   // taken, and nobody listens
        await using var destination = Destination(new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/"), Old);

        var result = await destination.SendAsync("{}"u8.ToArray(), "1", TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Equal("No connection: ConnectionRefused.", Assert.IsType<SendResult.Unreachable>(result).Reason);
    }

    [Fact]
    public async Task Send_RefusalOfManyMegabytes_IsReadNoFurtherThanALine()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async context =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            try
            {
                for (var i = 0; i < 4096; i++)
                {
                    await context.Response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The destination has hung up, as it should.
            }
        };
        await using var destination = Destination(receiver.Address, Old);

        var result = await destination.SendAsync("{}"u8.ToArray(), "1", TimeSpan.FromSeconds(10), CancellationToken.None);

        Assert.True(Assert.IsType<SendResult.Rejected>(result).Text.Length < 300);
    }

    [Theory]
    [InlineData("Url", null, "It is missing.")]
    [InlineData("Url", "ftp://crm/", "It must be an https or http address without a password.")]
    [InlineData("Url", "http://user:secret@crm/", "It must be an https or http address without a password.")]
    [InlineData("Secrets:0", null, "There is no key to sign with.")]
    [InlineData("Secrets:0", "short", "A key has at least 24 characters.")]
    [InlineData("Uri", "http://crm/", "There is no such setting.")]
    public void Read_SettingThatCannotBeUsed_IsAProblem(string key, string? value, string text)
    {
        var values = new Dictionary<string, string?> { ["Destinations:crm:Adapter"] = "Webhook", ["Destinations:crm:Url"] = "https://crm/", ["Destinations:crm:Secrets:0"] = Old };
        values[$"Destinations:crm:{key}"] = value;

        var (_, problems) = WebhookOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("Destinations:crm"), null);

        Assert.Equal(text, Assert.Single(problems).Text);
    }

    private static WebhookDestination Destination(Uri address, params string[] secrets) =>
        new("crm", new WebhookOptions { Url = address, Secrets = secrets }, new StepClock(Now), NullLogger.Instance);
}
