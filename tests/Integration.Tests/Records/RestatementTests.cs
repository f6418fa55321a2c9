using System.Globalization;
using System.Text;
using Integration.Core.Storage;

namespace Integration.Tests.Records;

/// <summary>Snapshots that sources send again and again: what they cost, and that later and older messages still find the right times.</summary>
public sealed class RestatementTests
{
    private int _sent;

    [Fact]
    public async Task When_a_snapshot_is_repeated_Should_write_its_resources_no_more()
    {
        await using var engine = await TestEngine.StartAsync();
        var first = await engine.SendAsync(Adt(8, "1001"));
        var second = await engine.SendAsync(Adt(9, "1001"));
        var before = await SequencesAsync(engine);

        var third = await engine.SendAsync(Adt(10, "1001"));

        Assert.NotEmpty(before);
        Assert.Equal(before, await SequencesAsync(engine));
        Assert.Equal(second.Changes, third.Changes);
        Assert.All(third.Changes, change => Assert.Equal(("unchanged", 1L), (change.Action, change.Version)));
        Assert.Equal(first.Changes.Select(c => c.Id), third.Changes.Select(c => c.Id));
        Assert.Equal(Hour(10), (await engine.PatientAsync("1001")).LastEvent);
        await AssertRebuildsAsync(engine, third.PatientId!);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public async Task When_an_older_message_comes_after_repetitions_Should_keep_what_was_repeated(int lastHour)
    {
        await using var engine = await TestEngine.StartAsync();
        for (var hour = 8; hour <= lastHour; hour++)
        {
            await engine.SendAsync(Adt(hour, "1001", city: "北京市"));
        }

        await engine.SendAsync(Adt(lastHour, "1001", minute: -20, city: "上海市"));

        Assert.Contains("北京市", await PatientJsonAsync(engine, "1001"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_newer_message_differs_after_repetitions_Should_take_it_and_keep_the_former_in_history()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Adt(8, "1001", city: "北京市"));
        await engine.SendAsync(Adt(9, "1001", city: "北京市"));
        await engine.SendAsync(Adt(10, "1001", city: "北京市"));

        var moved = await engine.SendAsync(Adt(11, "1001", city: "上海市"));
        var back = await engine.SendAsync(Adt(10, "1001", minute: 30, city: "广州市"));

        Assert.Contains("上海市", await PatientJsonAsync(engine, "1001"), StringComparison.Ordinal);
        var patient = moved.Changes.Single(c => c.Type == "Patient");
        Assert.Equal(("updated", 2L), (patient.Action, patient.Version));
        Assert.Equal("older", back.Changes.Single(c => c.Type == "Patient").Action);
        Assert.Single(await engine.Records.HistoryAsync(patient.Id, CancellationToken.None));
    }

    [Fact]
    public async Task When_more_is_repeated_than_is_kept_together_Should_still_know_every_time()
    {
        await using var engine = await TestEngine.StartAsync();
        for (var hour = 8; hour <= 10; hour++)
        {
            for (var visit = 0; visit < 80; visit++)
            {
                await engine.SendAsync(Adt(hour, "1001", visit: $"V{visit}"));
            }
        }

        var late = await engine.SendAsync(Adt(9, "1001", minute: 30, visit: "V0", ward: "W99"));

        var kept = Collections.Restatements.Read((await engine.Store.GetAsync(Collections.Restatements, late.PatientId!, false, CancellationToken.None))!);
        Assert.InRange(kept.Resources.Count, 32, 64);
        Assert.Equal("older", late.Changes.Single(c => c.Type == "Encounter").Action);
        await AssertRebuildsAsync(engine, late.PatientId!);
    }

    [Fact]
    public async Task When_a_number_is_merged_Should_take_the_times_along()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.SendAsync(Adt(8, "1001", visit: "V1"));
        for (var hour = 8; hour <= 10; hour++)
        {
            await engine.SendAsync(Adt(hour, "2002", visit: "V2", ward: "W02"));
        }

        await engine.SendAsync($"MSH|^~\\&|HIS|EAST|ENGINE|EAST|{Stamp(12, 0)}||ADT^A40|{++_sent}|P|2.5.1||||||UNICODE UTF-8",
            $"EVN|A40|{Stamp(12, 0)}", "PID|1||1001^^^HIS^MR||王^芳", "MRG|2002^^^HIS^MR");
        var late = await engine.SendAsync(Adt(9, "2002", minute: 30, visit: "V2", ward: "W99"));

        Assert.Equal("older", late.Changes.Single(c => c.Type == "Encounter").Action);
        await AssertRebuildsAsync(engine, late.PatientId!);
    }

    /// <summary>Snapshots, repetitions and differing messages of one patient, in any order of arrival, end in the same record: 25 shuffles of 10.</summary>
    [Fact]
    public async Task Shuffled_snapshots_EndInTheSameRecord()
    {
        var random = new Random(20261122);
        string[] cities = ["北京市", "上海市"];
        for (var round = 0; round < 25; round++)
        {
            var messages = Enumerable.Range(0, 10)
                .Select(i => Adt(8 + i, "1001", city: cities[random.Next(2)], ward: $"W{random.Next(2)}", sex: random.Next(3) == 0 ? "" : "F")).ToArray();
            var expected = await RecordOfAsync(messages);

            random.Shuffle(messages);

            Assert.Equal(expected, await RecordOfAsync(messages));
        }
    }

    private static async Task<string> RecordOfAsync(string[][] messages)
    {
        await using var engine = await TestEngine.StartAsync();
        foreach (var message in messages)
        {
            await engine.SendAsync(message);
        }

        var patient = await engine.PatientAsync("1001");
        await AssertRebuildsAsync(engine, patient.Id);
        var resources = (await engine.Records.ResourcesAsync(patient.Id, null, 100, null, CancellationToken.None)).Resources;
        return string.Join('\n', resources.OrderBy(r => r.Id, StringComparer.Ordinal).Select(r => Canonical(r.Resource))) + patient.LastEvent;
    }

    // Properties in one order: which message came first decides the order in which they stand.
    private static string Canonical(System.Text.Json.Nodes.JsonNode? node) => node switch
    {
        System.Text.Json.Nodes.JsonObject o => "{" + string.Join(',', o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Key + ":" + Canonical(p.Value))) + "}",
        System.Text.Json.Nodes.JsonArray a => "[" + string.Join(',', a.Select(Canonical)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };

    private static async Task AssertRebuildsAsync(TestEngine engine, string patientId)
    {
        var stored = await engine.Store.GetAsync(Collections.Patients, patientId, withPayload: false, CancellationToken.None);
        var rebuilt = Collections.Patients.Put(await engine.Summaries.RebuildAsync(patientId, CancellationToken.None), null);
        Assert.Equal(Encoding.UTF8.GetString(stored!.Json.Span), Encoding.UTF8.GetString(rebuilt.Json.Span));
    }

    private static async Task<List<(string Id, long Sequence)>> SequencesAsync(TestEngine engine)
    {
        var page = await engine.Store.QueryAsync(new DocumentQuery(Collections.Resources) { Limit = 1000 }, CancellationToken.None);
        return [.. page.Documents.Select(d => (d.Id, d.Sequence))];
    }

    private static async Task<string> PatientJsonAsync(TestEngine engine, string number)
    {
        var summary = await engine.PatientAsync(number);
        var patient = Assert.Single((await engine.Records.ResourcesAsync(summary.Id, "Patient", 10, null, CancellationToken.None)).Resources);
        return patient.Resource.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static DateTimeOffset Hour(int hour) => new(2026, 3, 16, hour, 0, 0, TimeSpan.FromHours(8));

    private static string Stamp(int hour, int minute) =>
        Hour(hour).AddMinutes(minute).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    private string[] Adt(int hour, string number, int minute = 0, string city = "北京市", string visit = "V1", string ward = "W01", string sex = "F")
    {
        var time = Stamp(hour, minute);
        return
        [
            $"MSH|^~\\&|HIS|EAST|ENGINE|EAST|{time}||ADT^A08^ADT_A01|{++_sent}|P|2.5.1||||||UNICODE UTF-8",
            $"EVN|A08|{time}",
            $"PID|1||{number}^^^HIS^MR||王^芳||19800203|{sex}|||和平里1号^^{city}^^100013",
            $"PV1|1|I|{ward}^101^1||||||||||||||||{visit}^^^HIS^VN|||||||||||||||||||||||||20260316080000",
        ];
    }
}
