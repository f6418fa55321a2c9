using System.Text.Encodings.Web;
using System.Text.Json;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Tests.SqlAdapter;

namespace Integration.Tests.Devices;

/// <summary>Readings of devices from the post to the record.</summary>
public sealed class DeviceGatewayTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Reading_InAnotherUnit_BecomesAnObservationWithBothValues()
    {
        await using var engine = await DeviceTests.StartAsync();
        await engine.AdmitAsync("10001");

        var answer = await engine.PostAsync("""
            {"device":"BED-12","code":"bp","time":"2026-03-01T10:00:00+08:00","patient":"10001","ward":"ICU",
             "components":[{"code":"sys","value":25,"unit":"kPa"},{"code":"dia","value":80,"unit":"mmHg"}]}
            """);

        var message = await engine.MessageAsync(answer);
        Assert.Equal((MessageState.Done, "BED-12"), (message.State, message.Sender));
        Assert.Equal(["reading.other_ward"], message.Unread);
        var observation = Assert.Single(await engine.ResourcesAsync("Observation"));
        var components = observation.Resource["component"]!.AsArray();
        Assert.Equal("85354-9", (string?)observation.Resource["code"]!["coding"]![0]!["code"]);
        Assert.Equal("""{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation","valueQuantity":{"value":25,"unit":"kPa","system":"http://unitsofmeasure.org","code":"kPa"}}],"value":187.5,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}""",
            components[0]!["valueQuantity"]!.ToJsonString(new JsonSerializerOptions { Encoder = Readable.Encoder }));
        Assert.Equal("""{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}""", components[1]!["valueQuantity"]!.ToJsonString());
    }

    [Theory]
    [InlineData("hr", "furlong", IntegrationErrorCode.UnitNotUsable)]
    [InlineData("hr", "kPa", IntegrationErrorCode.UnitNotUsable)]
    [InlineData("aura", "/min", IntegrationErrorCode.VitalSignUnknown)]
    public async Task Reading_ThatCannotBeNormalised_IsKeptAsItCameWithAnIssue(string code, string unit, IntegrationErrorCode issue)
    {
        await using var engine = await DeviceTests.StartAsync();

        var answer = await engine.PostAsync(DeviceTests.Reading("d1", code, "72.50", unit, "2026-03-01T10:00:00+08:00", "10001"));

        Assert.Contains((await engine.MessageAsync(answer)).Issues, i => i.Code == issue);
        var quantity = Assert.Single(await engine.ResourcesAsync("Observation")).Resource["valueQuantity"]!;
        Assert.Equal(("72.50", unit), (quantity["value"]!.ToJsonString(), (string?)quantity["unit"]));
    }

    [Fact]
    public async Task SameReadingAgain_CountsOnce_ACorrectedOneChangesIt()
    {
        await using var engine = await DeviceTests.StartAsync();
        var reading = DeviceTests.Reading("d1", "hr", "72", "/min", "2026-03-01T10:00:00+08:00", "10001");

        var first = await engine.PostAsync($"[{reading},{reading}]");
        var again = await engine.PostAsync(reading);

        Assert.Equal(1, await engine.CountAsync());
        Assert.Equal([.. first.Accepted.Select(a => a.MessageId).Distinct()], [.. again.Accepted.Select(a => a.MessageId)]);

        await engine.PostAsync(reading.Replace("72", "75", StringComparison.Ordinal));

        Assert.Equal(2, await engine.CountAsync());
        Assert.Equal("75", Assert.Single(await engine.ResourcesAsync("Observation")).Resource["valueQuantity"]!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task Batch_WithWrongReadings_TakesTheOthers()
    {
        await using var engine = await DeviceTests.StartAsync();

        var answer = await engine.PostAsync($"""[{"{}"},{DeviceTests.Reading("d1", "hr", "72", "/min", "2026-03-01T10:00:00+08:00", "10001")}]""");

        Assert.Equal(1, Assert.Single(answer.Accepted).Index);
        Assert.All(answer.Errors, error => Assert.Equal(0, error.Index));
        Assert.Equal(1, await engine.CountAsync());
    }
}
