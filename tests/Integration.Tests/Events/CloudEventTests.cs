using System.Text.Json.Nodes;
using Integration.Core.Events;
using Integration.Core.Events.Record;

namespace Integration.Tests.Events;

public sealed class CloudEventTests
{
    private static readonly EventDocument Missed = new()
    {
        Id = "0123456789abcdef0123456789abcdef",
        Type = "appointment.missed",
        SchemaVersion = 1,
        Subject = "Appointment/a1",
        PatientId = "p1",
        Time = new DateTimeOffset(2026, 3, 5, 10, 0, 0, TimeSpan.FromHours(8)),
        Recorded = new DateTimeOffset(2026, 3, 5, 2, 0, 1, TimeSpan.Zero).AddMicroseconds(7),
        Cause = "m1",
        Feed = "his",
        Data = new JsonObject
        {
            ["status"] = "noshow",
            ["start"] = "2026-03-05T09:00:00+08:00",
            ["appointmentNumber"] = "A17",
            ["service"] = "心内科复诊",
            ["unlisted"] = "x",
        },
    };

    [Fact]
    public void Write_WithoutGrants_HoldsTheEnvelopeAndPlainDataAlone()
    {
        var json = JsonNode.Parse(CloudEvent.Write(Missed, EventGrants.PlainOnly, "urn:hospital:east").Span)!;

        Assert.Equal(
            """
            {"specversion":"1.0","id":"0123456789abcdef0123456789abcdef","source":"urn:hospital:east","type":"appointment.missed","subject":"Appointment/a1","time":"2026-03-05T02:00:00.000000Z","recordedtime":"2026-03-05T02:00:01.000007Z","partitionkey":"p1","feed":"his","cause":"m1","datacontenttype":"application/json","dataschema":"urn:hospital-integration-engine:event:appointment.missed:1","data":{"status":"noshow","start":"2026-03-05T09:00:00\u002B08:00"}}
            """.Replace("\\u002B", "+", StringComparison.Ordinal), json.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Theory]
    [InlineData(DataCategory.Identifying, "status,start,appointmentNumber")]
    [InlineData(DataCategory.Clinical, "status,start,service")]
    [InlineData(DataCategory.Financial, "status,start")]
    public void Write_WithAGrant_AddsThatCategoryAndNoOther(DataCategory granted, string expected)
    {
        var json = JsonNode.Parse(CloudEvent.Write(Missed, new EventGrants([granted]), CloudEvent.UsualSource).Span)!;

        Assert.Equal(expected, string.Join(',', json["data"]!.AsObject().Select(p => p.Key)));
    }

    /// <summary>Whatever a destination is granted, nothing of another category gets out: for every type and every set of grants.</summary>
    [Fact]
    public void Write_EveryTypeAndEverySetOfGrants_LeaksNothing()
    {
        var categories = Enum.GetValues<DataCategory>();
        foreach (var type in EventCatalog.All)
        {
            var data = new JsonObject();
            foreach (var property in type.Data)
            {
                data[property.Name] = property.Name;
            }

            for (var set = 0; set < 1 << categories.Length; set++)
            {
                var grants = new EventGrants([.. categories.Where((_, i) => (set & (1 << i)) != 0)]);
                var written = JsonNode.Parse(CloudEvent.Write(Missed with { Type = type.Name, Data = data }, grants, CloudEvent.UsualSource).Span)!["data"]!.AsObject();

                Assert.Equal(
                    type.Data.Where(p => p.Category == DataCategory.Plain || grants.Categories.Contains(p.Category)).Select(p => p.Name), written.Select(p => p.Key));
            }
        }
    }

    [Fact]
    public void Of_EveryType_IsASchemaThatNamesEachPropertyWithTypeAndCategory()
    {
        foreach (var type in EventCatalog.All)
        {
            var schema = EventSchema.Of(type);

            Assert.Equal(EventSchema.IdOf(type.Name, type.SchemaVersion), (string)schema["$id"]!);
            Assert.Equal(type.Data.Select(p => p.Name), schema["properties"]!.AsObject().Select(p => p.Key));
            Assert.All(schema["properties"]!.AsObject(), p => Assert.NotNull(p.Value!["type"]));
            Assert.Equal(type.Data.Where(p => p.IsRequired).Select(p => p.Name), schema["required"]!.AsArray().Select(n => (string)n!));
        }
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("appointment.*", true)]
    [InlineData("appointment.missed", true)]
    [InlineData("appointment", false)]
    [InlineData("appointment.miss", false)]
    [InlineData("app.*", false)]
    [InlineData("result.*", false)]
    public void Matches_Pattern_MeansATypeAKindOrAll(string pattern, bool expected) =>
        Assert.Equal(expected, RecordEventTypes.All.Single(t => t.Type.Name == "appointment.missed").Type.Matches(pattern));
}
