using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Host.Commands;

namespace Integration.SystemTests;

/// <summary>Plays <c>samples/hospital-day</c> and three referrals, which the day has none of, into an engine, and reads what came of it in a form that two runs have in common.</summary>
internal static class HospitalDay
{
    private const string Folder = "samples/hospital-day";
    private static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(30);

    private static readonly byte[][] Referrals =
    [
        Referral(1, "00260002", "阿卜杜拉·买买提", "东城社区卫生服务中心^^DC001"),
        Referral(2, "00260013", "孙^德海", "东城社区卫生服务中心^^DC001"),
        Referral(3, "00260012", "钱^玉兰", "海淀医院^^HD002"),
    ];

    /// <summary>What every run makes anew.</summary>
    private static readonly string[] OfOneRun = ["lastUpdated", "messageId", "received"];

    /// <summary>Starts an engine that has both feeds of the day.</summary>
    public static async Task<EngineProcess> PlayAsync(EngineStorage storage, string dataFolder, CancellationToken cancellationToken, params string[] arguments)
    {
        var lis = FreePort.Next();
        var engine = await EngineProcess.StartAsync(
            storage, dataFolder, cancellationToken, ["--Feeds:lis:Enabled=true", string.Create(CultureInfo.InvariantCulture, $"--Feeds:lis:Listen=127.0.0.1:{lis}"), .. arguments]);
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
    /// Every patient with summary and resources as JSON, in the order of their text: golden record ids are replaced by the patient's first identifier,
    /// times and ids of this run left out, and the members of objects put in order.
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
            // JSON knows no order of members (RFC 8259 §4), and two messages of one visit may be merged in either.
            var members = json.Where(member => !OfOneRun.Contains(member.Key)).OrderBy(member => member.Key, StringComparer.Ordinal).ToList();
            json.Clear();
            foreach (var (name, child) in members)
            {
                Clean(child);
                json[name] = child;
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

    private static byte[] Referral(int number, string patient, string name, string partner) => Encoding.UTF8.GetBytes(string.Join('\r',
        $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|20260316210000+0800||REF^I12^REF_I12|RF{number:D6}|P|2.5.1||||||UNICODE UTF-8",
        $"RF1|P|R|MED^专科门诊^L|心血管内科^心血管内科^L|O|ZZ{number:D4}^SQ|20260316|20260416|20260316091000+0800|HTN^血压控制不佳^L",
        $"PRD|RP|陈^社|||||S7001^工号|||{partner}^^^SQ",
        "PRD|RT|李^明",
        $"PID|1||{patient}^^^HIS^PI||{name}^^^^^L", ""));

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

            foreach (var referral in Referrals)
            {
                Assert.Equal(AcknowledgmentCode.AA, (await senders["his"].SendAsync(referral, cancellationToken)).Code);
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
