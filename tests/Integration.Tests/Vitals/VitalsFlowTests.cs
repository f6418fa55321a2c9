using System.Globalization;
using Integration.Core.Events;
using Integration.Core.Operations;
using Integration.Core.Storage;
using Integration.Core.Vitals;
using Integration.Core.Vitals.Limits;
using Integration.Core.Vitals.Series;
using Integration.Tests.Devices;
using Integration.Tests.SqlAdapter;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Vitals;

/// <summary>Vital signs through the whole engine: limits, events and series.</summary>
public sealed class VitalsFlowTests
{
    [Fact]
    public async Task TwentyFiveKilopascal_BreaksTheLimitOf180()
    {
        await using var engine = await DeviceTests.StartAsync();
        await engine.AdmitAsync("10001");

        await PostAsync(engine, "sys", "25", "kPa", 0);

        var e = Assert.Single(await EventsAsync(engine));
        Assert.Equal(("vitalSign.outOfLimits", "high", "180", "187.5"), (e.Type, (string?)e.Data["side"], e.Data["limit"]!.ToJsonString(), e.Data["measured"]!.ToJsonString()));
    }

    [Fact]
    public async Task BreachAndRecovery_AreToldOnce_AlsoWhenRunAgain()
    {
        await using var engine = await DeviceTests.StartAsync();
        await engine.AdmitAsync("10001");
        var answers = new List<string>();
        foreach (var (value, minute) in (int[])[80, 150, 151, 80, 81, 82, 83, 84, 85] is var values ? values.Select((v, i) => (v, i)) : [])
        {
            answers.AddRange((await PostAsync(engine, "hr", value.ToString(CultureInfo.InvariantCulture), "/min", minute)).Accepted.Select(a => a.MessageId));
        }

        Assert.Equal(["vitalSign.outOfLimits", "vitalSign.recovered"], (await EventsAsync(engine)).Select(e => e.Type));

        foreach (var id in answers)
        {
            await engine.Services.GetRequiredService<MessageActions>().ReplayAsync(id, "tester", "again", CancellationToken.None);
        }

        await engine.RunAsync();
        Assert.Equal(2, (await EventsAsync(engine)).Count);
        Assert.Equal(9, (await SeriesAsync(engine, TimeSpan.Zero)).Count);
    }

    [Fact]
    public async Task OwnLimits_TakeThePlaceOfThoseForAll()
    {
        await using var engine = await DeviceTests.StartAsync();
        var patient = await engine.AdmitAsync("10001");
        var limits = engine.Services.GetRequiredService<VitalLimits>();
        await limits.SetAsync(patient, new Dictionary<string, VitalLimit> { ["8867-4"] = new(null, 100, 0, new Persistence(1, 0), new Persistence(1, 0)) }, "tester", "after an operation", CancellationToken.None);

        await PostAsync(engine, "hr", "100", "/min", 0);

        Assert.Equal("100", Assert.Single(await EventsAsync(engine)).Data["limit"]!.ToJsonString());
    }

    [Fact]
    public async Task ResultOverHl7_GoesPastTheSameLimitsIntoTheSameSeries()
    {
        await using var engine = await DeviceTests.StartAsync();
        await PostAsync(engine, "hr", "80", "/min", 0);

        await engine.SendAsync(
            "MSH|^~\\&|MON|H|E|E|20260301100500+0800||ORU^R01|M1|P|2.5.1", "PID|1||10001^^^HIS^MR||P^1", "OBR|1||F1^MON|VITALS|||20260301100500+0800|||||||||||||||20260301100500+0800||NMS|F",
            "OBX|1|NM|8867-4^Heart rate^LN||140|/min^/min^UCUM|50-120|H|||F|||20260301100500+0800");

        var e = Assert.Single(await EventsAsync(engine));
        Assert.Equal(("vitalSign.outOfLimits", "140"), (e.Type, e.Data["measured"]!.ToJsonString()));
        Assert.Equal([80m, 140m], (await SeriesAsync(engine, TimeSpan.Zero)).Select(p => p.Last));
    }

    [Fact]
    public async Task Readings_AreOneResourceAndASeries()
    {
        await using var engine = await DeviceTests.StartAsync();
        await engine.AdmitAsync("10001");
        foreach (var minute in (int[])[0, 1, 61, 62, 30])   // the last one is late
        {
            await PostAsync(engine, "hr", (70 + minute).ToString(CultureInfo.InvariantCulture), "/min", minute);
        }

        var newest = Assert.Single(await engine.ResourcesAsync("Observation"));
        Assert.Equal(("132", "newest"), (newest.Resource["valueQuantity"]!["value"]!.ToJsonString(), (string?)newest.Resource["meta"]!["tag"]![0]!["code"]));
        Assert.Equal(0, await engine.Store.CountAsync(Collections.ResourceHistory, [new DocumentFilter.Equal(Collections.ResourceHistory.Field("resourceId"), newest.Id)], 10, CancellationToken.None));
        Assert.Equal([70m, 71m, 100m, 131m, 132m], (await SeriesAsync(engine, TimeSpan.Zero)).Select(p => p.Last));
        Assert.Equal([(3, 70m, 100m), (2, 131m, 132m)], (await SeriesAsync(engine, TimeSpan.FromHours(1))).Select(p => (p.Count, p.Min, p.Max)));
        Assert.Equal([(2, 71m), (1, 100m), (2, 132m)], (await SeriesAsync(engine, TimeSpan.FromMinutes(15))).Select(p => (p.Count, p.Last)));
        Assert.Equal(5, Assert.Single(await SeriesAsync(engine, TimeSpan.FromDays(1))).Count);
    }

    [Fact]
    public async Task ReboundAfterwards_RunAgain_TheReadingChangesHands()
    {
        await using var engine = await DeviceTests.StartAsync();
        var (p1, p2) = (await engine.AdmitAsync("10001"), await engine.AdmitAsync("10002"));
        await engine.BindAsync("BED-1", p1, DeviceTests.Ten.AddHours(-1));
        var answer = await engine.PostAsync(DeviceTests.Reading("BED-1", "hr", "80", "/min", "2026-03-01T10:01:00+08:00"));

        await engine.BindAsync("BED-1", p2, DeviceTests.Ten);
        await engine.Services.GetRequiredService<MessageActions>().ReplayAsync(answer.Accepted[0].MessageId, "tester", "rebound", CancellationToken.None);
        await engine.RunAsync();

        Assert.Empty(await SeriesAsync(engine, TimeSpan.Zero, p1));
        Assert.Single(await SeriesAsync(engine, TimeSpan.Zero, p2));
    }

    private static Task<Integration.Adapters.Device.ReadingsAnswer> PostAsync(TestEngine engine, string code, string value, string unit, int minute) =>
        engine.PostAsync(DeviceTests.Reading("d1", code, value, unit, DeviceTests.Ten.AddMinutes(minute).ToString("O", CultureInfo.InvariantCulture), "10001"));

    private static async Task<IReadOnlyList<EventDocument>> EventsAsync(TestEngine engine) =>
        [.. (await engine.Services.GetRequiredService<EventReader>().ReadAsync(0, ["vitalSign.*"], 100, CancellationToken.None)).Events];

    private static async Task<IReadOnlyList<SeriesPoint>> SeriesAsync(TestEngine engine, TimeSpan every, string? patient = null) =>
        await engine.Services.GetRequiredService<VitalSeries>().ReadAsync(
            patient ?? (await engine.PatientAsync("urn:authority:HIS|10001")).Id, VitalSigns.Find("hr")!, DeviceTests.Ten.AddDays(-1), DeviceTests.Ten.AddDays(1), every, CancellationToken.None);
}
