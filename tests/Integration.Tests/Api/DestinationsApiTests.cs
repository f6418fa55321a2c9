using System.Net;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Storage;

namespace Integration.Tests.Api;

/// <summary>Destinations and deliveries.</summary>
public sealed class DestinationsApiTests
{
    [Fact]
    public async Task Destinations_AsTheyStand_ShowCircuitAndCounts()
    {
        await using var host = await ApiHost.StartAsync();

        var destination = Assert.Single((await host.Client.GetJsonAsync("/api/v1/destinations")).Items())!;

        Assert.Equal(("crm", "open"), (destination.Text("name"), destination.Text("circuit")));
        Assert.Equal(["waiting", "done", "failed", "captured"], destination["counts"]!.AsObject().Select(c => c.Key));
    }

    [Fact]
    public async Task Destinations_CertificateNearItsEnd_IsShownAndMeasured()
    {
        await using var host = await ApiHost.StartAsync();

        var certificate = Assert.Single((await host.Client.GetJsonAsync("/api/v1/destinations")).Items())!["certificate"]!;
        var metrics = await host.Client.GetStringAsync("/metrics");

        Assert.Equal(("hub.hospital", "expiring"), (certificate.Text("subject"), certificate.Text("state")));
        Assert.Matches("integration_destination_certificate_expiry_seconds\\{destination=\"crm\"\\} 172[78]", metrics);
    }

    [Fact]
    public async Task Deliveries_SearchAndRetry_FollowTheState()
    {
        await using var host = await ApiHost.StartAsync();
        await AddAsync(host, "A", DeliveryState.Done);
        await AddAsync(host, "B", DeliveryState.Failed);

        var failed = Assert.Single((await host.Client.GetJsonAsync("/api/v1/deliveries?destination=crm&state=failed")).Items())!;
        var done = await host.Client.PostAsync("/api/v1/deliveries/A/retry", null);
        var unknown = await host.Client.PostAsync("/api/v1/deliveries/C/retry", null);
        var accepted = await host.Client.PostAsync("/api/v1/deliveries/B/retry", null);

        Assert.Equal(("B", "rejected"), (failed.Text("id"), failed.Text("failure")));
        Assert.Equal(
            [HttpStatusCode.Conflict, HttpStatusCode.NotFound, HttpStatusCode.Accepted], [done.StatusCode, unknown.StatusCode, accepted.StatusCode]);
        Assert.Equal("waiting", (await host.Client.GetJsonAsync("/api/v1/deliveries/B"))["delivery"]!.Text("state"));
    }

    [Fact]
    public async Task RetryFailed_OfADestination_RetriesThemAllAndTriesAtOnce()
    {
        await using var host = await ApiHost.StartAsync();
        await AddAsync(host, "A", DeliveryState.Failed);
        await AddAsync(host, "B", DeliveryState.Failed);

        using var answer = await host.Client.PostAsync("/api/v1/destinations/crm/retry-failed", null);
        using var nowhere = await host.Client.PostAsync("/api/v1/destinations/nowhere/retry-failed", null);

        Assert.Equal("{\"retried\":2}", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    private static async Task AddAsync(ApiHost host, string id, DeliveryState state)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Deliveries.Put(
            new DeliveryDocument
            {
                Id = id,
                Destination = "crm",
                Trigger = "ADT_A08",
                Reference = "Patient/1",
                PatientId = "1",
                MessageId = "m",
                Created = DateTimeOffset.UnixEpoch,
                Occurred = DateTimeOffset.UnixEpoch,
                NextAttempt = DateTimeOffset.UnixEpoch,
                Queued = DateTimeOffset.UnixEpoch,
                State = state,
                Failure = state == DeliveryState.Failed ? DeliveryFailure.Rejected : null,
                LastError = state == DeliveryState.Failed ? MessageIssue.Error(IntegrationErrorCode.DestinationRejected, "", "AR") : null,
            },
            expectedVersion: 0, withPayload: true));
        Assert.IsType<CommitResult.Committed>(await host.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }
}
