using System.Net;
using System.Text;
using Integration.Adapters.Fhir.Polling;
using Integration.Core.Feeds;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter;

/// <summary>Subscriptions: a rest-hook notification makes the feed ask at once; what was not notified is found by the periodic question.</summary>
public sealed class FhirNotificationTests : IAsyncLifetime
{
    private const string Key = "key-of-the-subscription";

    private readonly WilfulFhirServer _server = new();
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        _engine = await FhirEngine.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("POST", "", "")]
    [InlineData("POST", "", """{"resourceType":"Patient","id":"p2"}""")]
    [InlineData("PUT", "/Patient/p2", """{"resourceType":"Patient","id":"p2"}""")]
    public async Task Notification_WithOrWithoutResource_MakesTheFeedAskAtOnce(string method, string path, string body)
    {
        _server.Put(Patient(1));
        await using var feed = Feed(("Poll", "1.00:00:00"));
        await feed.StartAsync(CancellationToken.None);
        await MessagesAsync(1);
        _server.Put(Patient(2));

        using var response = await NotifyAsync(feed.NotifiedAt, method, "/notify" + path, body, Key);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await MessagesAsync(2);
        await feed.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task WhatWasNotNotified_IsFoundByThePeriodicQuestion()
    {
        await using var feed = Feed(("Poll", "00:00:01"));
        await feed.StartAsync(CancellationToken.None);
        _server.Put(Patient(1));

        await MessagesAsync(1);
        await feed.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("POST", "/notify", "wrong-key-wrong-key", 401)]
    [InlineData("POST", "/elsewhere", Key, 404)]
    [InlineData("GET", "/notify", Key, 405)]
    public async Task RequestThatIsNone_IsRefusedAndWakesNobody(string method, string path, string key, int status)
    {
        var options = FhirNotificationOptions.Read(FhirEngine.Settings(("Listen", "127.0.0.1:0"), ("ApiKey", Key)))!;
        await using var notifications = new FhirNotifications("emr", options, TimeProvider.System, NullLoggerFactory.Instance);
        await notifications.StartAsync(CancellationToken.None);
        var arrived = notifications.WaitAsync(CancellationToken.None);

        using var refused = await NotifyAsync(notifications.LocalEndpoint, method, path, "", key);
        var wokeNobody = !arrived.IsCompleted;
        using var taken = await NotifyAsync(notifications.LocalEndpoint, "POST", "/notify", "", Key);

        Assert.Equal(status, (int)refused.StatusCode);
        Assert.True(wokeNobody);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        await arrived;
        await notifications.StopAsync(CancellationToken.None);
    }

    [Fact]
    public void Settings_OfNotificationsWithoutListen_AreReported()
    {
        var reader = FhirEngine.Settings(("BaseUrl", "http://x/fhir"), ("Types", "Patient"), ("Path", "notify"), ("ApiKey", "short"));

        FhirPollOptions.Read(reader);

        Assert.Equal(["Feeds:emr:ApiKey", "Feeds:emr:Listen", "Feeds:emr:Path"], reader.Problems.Select(p => p.Place).Order(StringComparer.Ordinal));
    }

    private static async Task<HttpResponseMessage> NotifyAsync(IPEndPoint? address, string method, string path, string body, string key)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("X-Api-Key", key);
        request.Content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/fhir+json");
        return await client.SendAsync(request);
    }

    private static string Patient(int number) => FhirEngine.Patient(
        $"p{number}", $"M{number}", meta: $$""" "meta":{"versionId":"1","lastUpdated":"2026-03-01T08:{{number:00}}:00Z"}, """);

    private FhirPullAdapter Feed(params (string Key, string Value)[] settings)
    {
        var reader = FhirEngine.Settings(
            [("BaseUrl", _server.BaseUrl), ("Types", "Patient"), ("AssigningAuthority", FhirEngine.Authority), ("Listen", "127.0.0.1:0"), ("ApiKey", Key), .. settings]);
        var options = FhirPollOptions.Read(reader);
        Assert.Empty(reader.Problems);
        return FhirPollAdapterFactory.Create(
            "emr", options, _engine.Services.GetRequiredService<FeedWatermarks>(), _engine.Intake, TimeProvider.System, NullLoggerFactory.Instance);
    }

    /// <summary>Returns when so many messages have come.</summary>
    private async Task MessagesAsync(int count)
    {
        for (var looks = 0; looks < 500; looks++)
        {
            if ((await _engine.FhirMessagesAsync()).Count >= count)
            {
                return;
            }

            await Task.Delay(20);
        }

        Assert.Fail($"Not {count} messages.");
    }
}
