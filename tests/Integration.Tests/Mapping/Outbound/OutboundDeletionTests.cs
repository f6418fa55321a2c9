using System.Text;
using System.Text.Json.Nodes;

namespace Integration.Tests.Mapping.Outbound;

/// <summary>What a record has lost is told as HL7 null, so that receivers do not keep it. HL7 v2.5.1 §2.5.3.</summary>
public sealed class OutboundDeletionTests
{
    private static readonly JsonObject Full = Patient("""
        "gender": "female", "birthDate": "1980-02-03", "telecom": [{ "system": "phone", "value": "13800000000", "use": "home" }]
        """);

    [Fact]
    public async Task Patient_ThatLostValues_HasHl7NullInTheirPlace_AndReadingItClearsThem()
    {
        var text = await OutboundSamples.WriteAsync("ADT_A31", [Patient("\"gender\": \"female\"")], Full);

        var pid = text.Split('\n').Single(line => line.StartsWith("PID|", StringComparison.Ordinal)).Split('|');
        Assert.Equal(("\"\"", "F", "\"\""), (pid[7], pid[8], pid[13]));
        var read = MappingSamples.Mapper.Map(MappingSamples.Parse(Encoding.UTF8.GetBytes(text.Replace('\n', '\r'))), MappingSamples.Feed);
        var patient = read.Resources.Single(resource => resource.Type == "Patient").Json;
        Assert.True(patient.ContainsKey("birthDate"));
        Assert.Null(patient["birthDate"]);
        Assert.Null(patient["telecom"]);
    }

    [Fact]
    public async Task Patient_NewOrUnchanged_HasNone()
    {
        Assert.DoesNotContain("\"\"", await OutboundSamples.WriteAsync("ADT_A31", [Full]), StringComparison.Ordinal);
        Assert.DoesNotContain("\"\"", await OutboundSamples.WriteAsync("ADT_A31", [Full], Full), StringComparison.Ordinal);
        Assert.DoesNotContain("\"\"", await OutboundSamples.WriteAsync("ADT_A31", [Full], Patient("\"gender\": \"male\"")), StringComparison.Ordinal);
    }

    private static JsonObject Patient(string elements) => JsonNode.Parse(
        $$"""{ "resourceType": "Patient", "id": "p1", "identifier": [{ "system": "urn:authority:HIS", "value": "P1" }], "name": [{ "family": "张", "given": ["三"] }], {{elements}} }""")!.AsObject();
}
