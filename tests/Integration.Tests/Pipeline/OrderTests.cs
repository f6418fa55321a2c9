using System.Text;
using Integration.Core.Intake;
using Integration.Core.Pipeline;
using Integration.Core.Storage;

namespace Integration.Tests.Pipeline;

/// <summary>The record does not depend on how many lanes there are, nor on the order in which updates arrive.</summary>
public sealed class OrderTests
{
    private const int Seed = 20261122;

    [Fact]
    public Task When_16_lanes_run_admission_update_merge_and_discharge_Should_end_as_one_lane_does() => CompareLanesAsync(patients: 60);

    /// <summary>The full size, some minutes: run it by hand with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public Task When_16_lanes_run_5000_patients_Should_end_as_one_lane_does() => CompareLanesAsync(patients: 5000);

    [Fact]
    public Task When_updates_arrive_shuffled_Should_end_as_in_order() => CompareShuffledAsync(updates: 400);

    /// <summary>The full size: run it by hand with <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public Task When_10000_updates_arrive_shuffled_Should_end_as_in_order() => CompareShuffledAsync(updates: 10_000);

    private static async Task CompareLanesAsync(int patients)
    {
        // Patients interleaved, each one's own messages in order.
        var messages = new[] { "A01", "A08", "A40", "A03" }
            .SelectMany(trigger => Enumerable.Range(0, patients).Select(patient => Visit(trigger, patient))).ToList();
        await using var serial = await TestEngine.StartAsync();
        await using var parallel = await TestEngine.StartAsync();
        foreach (var message in messages)
        {
            await serial.AcceptRawAsync(message);
            await parallel.AcceptRawAsync(message);
        }

        await serial.RunAsync();
        using var scheduler = new LaneScheduler(new IntakePressure(), threads: 4);
        var lanes = new PatientLanes(parallel.Pipeline.RunAsync, 16, 2000, scheduler);
        long behind = 0;
        while (await parallel.Journal.ReadWaitingAsync(behind, 500, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var waiting in page)
            {
                await lanes.EnqueueAsync(waiting, CancellationToken.None);
                behind = waiting.Sequence;
            }
        }

        await lanes.DrainAsync();

        Assert.Equal(messages.Count, serial.Tally.Total(MessageState.Done));
        Assert.Equal(messages.Count, parallel.Tally.Total(MessageState.Done));
        Assert.Equal(await ContentAsync(serial), await ContentAsync(parallel));
    }

    private static async Task CompareShuffledAsync(int updates)
    {
        var random = new Random(Seed);
        var ordered = Enumerable.Range(0, updates).Select(Update).ToList();
        var shuffled = ordered.ToArray();
        random.Shuffle(shuffled);
        await using var inOrder = await TestEngine.StartAsync();
        await using var mixed = await TestEngine.StartAsync();
        foreach (var message in ordered)
        {
            await inOrder.AcceptRawAsync(message);
        }

        foreach (var message in shuffled)
        {
            await mixed.AcceptRawAsync(message);
        }

        await inOrder.RunAsync();
        await mixed.RunAsync();

        Assert.Equal(updates, mixed.Tally.Total(MessageState.Done));
        Assert.Equal(await ContentAsync(inOrder), await ContentAsync(mixed));
    }

    // What the record says and whose it is; versions and ids of golden records depend on the way there.
    private static async Task<List<string>> ContentAsync(TestEngine engine)
    {
        var query = new DocumentQuery(Collections.Resources) { OrderBy = [new DocumentSort(DocumentField.Id)], Limit = 10_000 };
        var resources = new List<Core.Records.ResourceDocument>();
        do
        {
            var page = await engine.Store.QueryAsync(query, CancellationToken.None);
            resources.AddRange(page.Documents.Select(Collections.Resources.Read));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        var owners = resources.GroupBy(r => r.PatientId).ToDictionary(g => g.Key, g => g.Min(r => r.Id)!);
        return [.. resources.Select(r =>
        {
            r.Resource.Remove("meta");
            return $"{r.Id} of {owners[r.PatientId]}: {Canonical(r.Resource)}";
        })];
    }

    // Elements in the order of their names: which message said which first does not matter.
    private static string Canonical(System.Text.Json.Nodes.JsonNode? node) => node switch
    {
        System.Text.Json.Nodes.JsonObject parts => $"{{{string.Join(',', parts.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Canonical(p.Value)}"))}}}",
        System.Text.Json.Nodes.JsonArray list => $"[{string.Join(',', list.Select(Canonical).Order(StringComparer.Ordinal))}]",
        null => "null",
        _ => node.ToJsonString(),
    };

    private static byte[] Visit(string trigger, int patient)
    {
        var (hour, structure) = trigger switch { "A01" => (8, "ADT_A01"), "A08" => (9, "ADT_A01"), "A40" => (10, "ADT_A39"), _ => (11, "ADT_A03") };
        var time = $"20260316{hour:00}0000+0800";
        List<string> segments =
        [
            $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|{time}||ADT^{trigger}^{structure}|{trigger}{patient}|P|2.5.1||||||UNICODE UTF-8",
            $"EVN|{trigger}|{time}",
            $"PID|1||{10000 + patient}^^^HIS^MR||赵{patient}{(trigger == "A01" ? "" : "改")}^^^^^^L||19800203|M",
        ];
        segments.Add(trigger == "A40"
            ? $"MRG|{50000 + patient}^^^HIS^MR"
            : $"PV1|1|I|WARD^{hour}^1||||||||||||||||V{patient}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800{(trigger == "A03" ? "|20260316110000+0800" : "")}");
        return Encoding.UTF8.GetBytes(string.Join('\r', segments) + "\r");
    }

    private static byte[] Update(int number)
    {
        var patient = number % 20;
        var time = new DateTime(2026, 3, 16, 8, 0, 0).AddSeconds(number).ToString("yyyyMMddHHmmss", System.Globalization.CultureInfo.InvariantCulture) + "+0800";
        return Encoding.UTF8.GetBytes(string.Join('\r',
            $"MSH|^~\\&|HIS|EAST|ENGINE|HUB|{time}||ADT^A08^ADT_A01|U{number}|P|2.5.1||||||UNICODE UTF-8",
            $"EVN|A08|{time}",
            $"PID|1||{10000 + patient}^^^HIS^MR||赵{number}^^^^^^L||198002{1 + (number % 28):00}|{(number % 3 == 0 ? "M" : "F")}|||ROAD {number}^^BEIJING||13{number:D9}",
            $"PV1|1|I|WARD^{number}^1||||||||||||||||V{patient}^^^HIS^VN|||||||||||||||||||||||||20260316080000+0800", ""));
    }
}
