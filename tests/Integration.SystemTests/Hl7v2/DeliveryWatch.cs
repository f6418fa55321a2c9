using System.Text.Json.Nodes;

namespace Integration.SystemTests.Hl7v2;

/// <summary>Reads on the API what became of deliveries.</summary>
internal static class DeliveryWatch
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Settings of a destination that is told of patients and tries again quickly.</summary>
    public static string[] Destination(string name, int port, string charset) =>
    [
        $"--Destinations:{name}:Adapter=Hl7v2.Mllp", $"--Destinations:{name}:Connect=127.0.0.1:{port}", $"--Destinations:{name}:Messages=ADT_A08",
        $"--Destinations:{name}:Charset={charset}", $"--Destinations:{name}:Retry:First=00:00:00.100",
    ];

    /// <summary>The deliveries of a destination once so many are done or failed and none waits.</summary>
    public static async Task<IReadOnlyList<JsonNode>> RestingAsync(this EngineProcess engine, string destination, int count, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            var all = await engine.GetAllAsync($"/api/v1/deliveries?destination={destination}", limit.Token);
            if (all.Count >= count && all.All(d => (string)d["state"]! != "waiting"))
            {
                return all;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
