using System.Globalization;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Host.Commands;

namespace Integration.SystemTests;

/// <summary>Plays <c>samples/hospital-day</c> into an engine, and reads what came of it in a form that two runs have in common.</summary>
internal static class HospitalDay
{
    private const string Folder = "samples/hospital-day";
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What every run makes anew.</summary>
    private static readonly string[] OfOneRun = ["lastUpdated", "messageId", "received"];

    /// <summary>Starts an engine that has both feeds of the day.</summary>
    public static async Task<EngineProcess> PlayAsync(EngineStorage storage, string dataFolder, CancellationToken cancellationToken)
    {
        var lis = EngineProcess.FreePort();
        var engine = await EngineProcess.StartAsync(
            storage, dataFolder, cancellationToken, "--Feeds:lis:Enabled=true", string.Create(CultureInfo.InvariantCulture, $"--Feeds:lis:Listen=127.0.0.1:{lis}"));
        try
        {
            await SendAsync(new Dictionary<string, int> { ["his"] = engine.MllpPort, ["lis"] = lis }, cancellationToken);
            await engine.DrainAsync(TimeSpan.FromMinutes(2), cancellationToken);
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Every patient with summary and resources as JSON, in the order of their text: golden record ids are replaced by the patient's first identifier, and
    /// times and ids of this run left out.
    /// </summary>
    public static async Task<List<string>> RecordAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var patients = await engine.GetAllAsync("/api/v1/patients?limit=200", cancellationToken);
        var names = patients.ToDictionary(patient => (string)patient["id"]!, NameOf);
        var record = new List<string>();
        foreach (var id in names.Keys)
        {
            var summary = await engine.GetJsonAsync($"/api/v1/patients/{id}", cancellationToken);
            var resources = await engine.GetAllAsync($"/api/v1/patients/{id}/resources?limit=500", cancellationToken);
            Clean(summary);
            resources.ForEach(Clean);
            record.Add(string.Join('\n', resources.Select(resource => resource.ToJsonString()).Order(StringComparer.Ordinal).Prepend(summary.ToJsonString())));
        }

        return [.. record.Select(text => names.Aggregate(text, (replaced, name) => replaced.Replace(name.Key, name.Value, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
    }

    private static string NameOf(JsonNode patient) =>
        patient["identifiers"]!.AsArray().Select(i => $"{i!["system"]}|{i["value"]}").Order(StringComparer.Ordinal).First();

    private static void Clean(JsonNode? node)
    {
        if (node is JsonObject json)
        {
            foreach (var name in OfOneRun)
            {
                json.Remove(name);
            }

            foreach (var (_, child) in json)
            {
                Clean(child);
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var child in array)
            {
                Clean(child);
            }
        }
    }

    // One after the other over both feeds: the day has an order, and a merge must not overtake what it merges.
    private static async Task SendAsync(Dictionary<string, int> ports, CancellationToken cancellationToken)
    {
        var senders = new Dictionary<string, MllpSender>(StringComparer.Ordinal);
        try
        {
            foreach (var (feed, port) in ports)
            {
                senders[feed] = await MllpSender.ConnectAsync("127.0.0.1", port, AckTimeout, cancellationToken);
            }

            foreach (var message in DemoDay.Load(Path.Combine(RepositoryRoot.Path, Folder)).Messages)
            {
                Assert.Equal(AcknowledgmentCode.AA, (await senders[message.Feed].SendAsync(message.Message.Bytes, cancellationToken)).Code);
            }
        }
        finally
        {
            foreach (var sender in senders.Values)
            {
                await sender.DisposeAsync();
            }
        }
    }
}
