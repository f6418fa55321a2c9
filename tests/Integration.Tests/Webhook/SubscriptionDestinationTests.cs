using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Fhir;
using Integration.Tests.FollowUps;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Webhook;

/// <summary>Subscribers of FHIR R4 rest-hook channels: whom a change is told, with what, and what becomes of their answers.</summary>
public sealed class SubscriptionDestinationTests : IAsyncLifetime
{
    private WebhookReceiver _peer = null!;
    private FollowUpEngine _engine = null!;
    private DestinationWorker _worker = null!;

    public async ValueTask InitializeAsync() => _peer = await WebhookReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _peer.DisposeAsync();
    }

    [Fact]
    public async Task Notification_WithoutPayload_IsAnEmptyPostWithTheHeaders()
    {
        await StartAsync(("Headers:Authorization", "Bearer token-1"));

        await AdmitAsync();

        var (headers, body) = Assert.Single(_peer.Requests);
        Assert.Empty(body);
        Assert.Equal(("/events", "Bearer token-1", "0"), (headers[WebhookReceiver.PathHeader], headers["Authorization"], headers["Content-Length"]));
    }

    [Fact]
    public async Task Notification_WithPayload_IsAnUpdateOfTheResource()
    {
        await StartAsync(("Payload", "Resource"), ("Grants", "Identifying, Clinical, Financial"));

        await AdmitAsync();

        var (headers, body) = Assert.Single(_peer.Requests);
        var resource = JsonNode.Parse(body)!;
        Assert.Equal($"/events/Encounter/{(string?)resource["id"]}", headers[WebhookReceiver.PathHeader]);
        Assert.Equal("application/fhir+json; charset=utf-8", headers["Content-Type"]);
        Assert.Equal("in-progress", (string?)resource["status"]);
        Assert.Equal("1", (string?)resource["meta"]!["versionId"]);
        Assert.DoesNotContain(FhirValidator.Validate(JsonSerializer.SerializeToElement(resource)), issue => issue.Severity == FhirIssueSeverity.Error);
    }

    /// <summary>Several searches; one is enough. What none asks for is done with, and nobody hears of it.</summary>
    [Theory]
    [InlineData("Encounter?class=IMP", 1)]
    [InlineData("Encounter?class=AMB", 0)]
    [InlineData("Encounter?class=AMB, Encounter?status=in-progress,arrived", 1)]
    [InlineData("Observation?status=final", 0)]
    [InlineData("Encounter?date=ge2026-01-01&class=IMP", 1)]
    [InlineData("Encounter?date=lt2026-01-01", 0)]
    [InlineData("Encounter", 1)]
    public async Task Criteria_DecideWhatIsTold(string criteria, int told)
    {
        await StartAsync(criteria.Split(", ").Select((text, i) => ($"Criteria:{i}", text)).ToArray());

        await AdmitAsync();

        Assert.Equal(told, _peer.Requests.Count);
        Assert.Equal(DeliveryState.Done, (await DeliveriesAsync())[0].State);
    }

    /// <summary>The subscriber was away: what it gets then is the newest version, and in order.</summary>
    [Fact]
    public async Task Subscriber_ThatWasAway_GetsWhatIsNewest()
    {
        await StartAsync(("Payload", "Resource"), ("Grants", "Identifying, Clinical, Financial"));
        _peer.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await AdmitAsync();
        Assert.Equal(DeliveryState.Waiting, (await DeliveriesAsync())[0].State);

        await _engine.SendStayAsync("A03", "2026-03-08 11:00", "2026-03-08 11:00");
        _peer.Answer = context => Task.CompletedTask;
        for (var i = 0; i < 3; i++)
        {
            _engine.Clock.Advance(TimeSpan.FromHours(1));
            _worker.TryNow();
            await _worker.StepAsync(CancellationToken.None, CancellationToken.None);
        }

        Assert.All(await DeliveriesAsync(), delivery => Assert.Equal(DeliveryState.Done, delivery.State));
        Assert.Equal("finished", (string?)JsonNode.Parse(_peer.Requests.Last().Body)!["status"]);
    }

    [Fact]
    public async Task Settings_Wrong_AreAllToldAtOnce()
    {
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(
            ("Url", "ftp://h"), ("Payload", "Resource"), ("Criteria", "Encounter?colour=red; Patiant"), ("Colour", "red")));
        await StartAsync();

        Assert.Contains("Destinations:ehr:Url", error.Problems.Select(problem => problem.Place));
        Assert.Contains("Destinations:ehr:Colour", error.Problems.Select(problem => problem.Place));
        Assert.Contains(error.Problems, problem => problem.ToString().Contains("Grant Clinical, or leave Payload out", StringComparison.Ordinal));
        Assert.Contains(error.Problems, problem => problem.Place == "Destinations:ehr:Criteria");
    }

    private async Task StartAsync(params (string Key, string Value)[] settings)
    {
        _engine = await FollowUpEngine.StartAsync("2026-03-01 12:00", [
            .. new[] { ("Adapter", "Fhir.Subscription"), ("Url", _peer.Address.ToString()), ("Events", "encounter.*") }
                .Where(usual => !settings.Any(own => own.Key == usual.Item1)).Concat(settings).Select(setting => ($"Destinations:ehr:{setting.Item1}", setting.Item2))]);
        var services = _engine.Engine.Services;
        var destination = services.GetRequiredService<IReadOnlyList<ConfiguredDestination>>().Single();
        _worker = new DestinationWorker(
            destination, services.GetRequiredService<DeliveryOutbox>(), services.GetRequiredService<DeliveryContents>(), services.GetRequiredService<DeliveryMetrics>(),
            _engine.Clock, () => 0.5, NullLogger.Instance);
    }

    private async Task AdmitAsync()
    {
        await _engine.SendStayAsync("A01", "2026-03-01 09:00");
        _engine.Clock.Advance(TimeSpan.FromSeconds(1));
        await _worker.StepAsync(CancellationToken.None, CancellationToken.None);
    }

    private async Task<IReadOnlyList<DeliveryDocument>> DeliveriesAsync() =>
        (await _engine.Engine.Services.GetRequiredService<DeliveryOutbox>().SearchAsync(new DeliverySearch(), CancellationToken.None)).Deliveries;
}
