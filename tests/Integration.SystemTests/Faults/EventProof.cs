using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Integration.SystemTests.Faults;

/// <summary>What tests of delivery over kills have in common: destinations, and what must hold of what arrived.</summary>
internal static class EventProof
{
    /// <summary>Settings of a destination that takes every event.</summary>
    public static IEnumerable<string> Webhook(string name, string url, string secret) =>
    [
        .. Destination(name, "Webhook"), $"--Destinations:{name}:Url={url}", $"--Destinations:{name}:Secrets:0={secret}",
    ];

    /// <summary>The settings that destinations of any adapter have: every event, and retries that a test can wait for.</summary>
    public static IEnumerable<string> Destination(string name, string adapter) =>
    [
        $"--Destinations:{name}:Adapter={adapter}", $"--Destinations:{name}:Events=*",
        $"--Destinations:{name}:Retry:First=00:00:00.010", $"--Destinations:{name}:Retry:Max=00:00:00.100", $"--Destinations:{name}:CircuitBreaker:Pause=00:00:00.050",
    ];

    /// <summary>Fails on every 13th, is busy on every 31st, takes every 17th and hangs up before it says so.</summary>
    public static Func<HttpContext, Task> MoodyAnswer()
    {
        var requests = 0;
        return context =>
        {
            var number = Interlocked.Increment(ref requests);
            if (number % 17 == 0)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            if (number % 31 == 0)
            {
                context.Response.Headers.RetryAfter = "0";
            }

            context.Response.StatusCode = number % 13 == 0 ? StatusCodes.Status500InternalServerError
                : number % 31 == 0 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };
    }

    /// <summary>Each at least once, none that the store does not have.</summary>
    public static void AssertAllAndNothingElse(List<JsonNode> stored, List<JsonNode> received)
    {
        var ids = received.Select(IdOf).ToHashSet();
        Assert.Empty(stored.Select(IdOf).Except(ids));
        Assert.Empty(ids.Except(stored.Select(IdOf)));
    }

    /// <summary>Looking at the first arrival of each event, those of a patient came in the order in which they were committed.</summary>
    public static void AssertInOrder(List<JsonNode> received)
    {
        foreach (var ofPatient in received.Where(e => e["partitionkey"] is not null).DistinctBy(IdOf).GroupBy(e => (string)e["partitionkey"]!))
        {
            var times = ofPatient.Select(e => (string)e["recordedtime"]!).ToList();
            Assert.Equal(times.Order(StringComparer.Ordinal), times);
        }
    }

    /// <summary>Every event of the store, in the order of its change sequence.</summary>
    public static async Task<List<JsonNode>> EventsOfAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var events = new List<JsonNode>();
        JsonNode page;
        var cursor = "";
        do
        {
            page = await engine.GetJsonAsync($"/api/v1/events?limit=1000{cursor}", cancellationToken);
            events.AddRange(page["items"]!.AsArray().Select(i => i!));
            cursor = $"&since={(string)page["cursor"]!}";
        }
        while (!(bool)page["caughtUp"]!);

        return events;
    }

    /// <summary>Returns when nothing waits for any destination any more.</summary>
    public static async Task WaitForDeliveryAsync(EngineProcess engine, TimeSpan most, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(most);
        while ((await engine.GetJsonAsync("/api/v1/destinations", limit.Token))["items"]!.AsArray().Any(d => d!["counts"]!["waiting"]!.GetValue<long>() > 0))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    public static string IdOf(JsonNode e) => (string)e["id"]!;
}
