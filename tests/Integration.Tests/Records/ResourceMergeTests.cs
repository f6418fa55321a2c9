using System.Text.Json.Nodes;
using Integration.Core.Mapping;
using Integration.Core.Records;

namespace Integration.Tests.Records;

public sealed class ResourceMergeTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 16, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Apply_ExtensionOfOneUrl_ReplacesThatAndKeepsTheOthers()
    {
        var stored = Document("""{"resourceType":"Patient","id":"a","extension":[{"url":"urn:a","valueString":"1"},{"url":"urn:a","valueString":"2"},{"url":"urn:b","valueString":"3"}]}""", Monday);

        var result = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Patient","id":"a","extension":[{"url":"urn:a","valueString":"4"}]}"""), Monday.AddHours(1), []);
        var older = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Patient","id":"a","extension":[{"url":"urn:b","valueString":"5"},{"url":"urn:c","valueString":"6"}]}"""), Monday.AddHours(-1), []);

        Assert.Equal("""[{"url":"urn:b","valueString":"3"},{"url":"urn:a","valueString":"4"}]""", result.Resource["extension"]!.ToJsonString());
        Assert.Equal(["1", "2", "3", "6"], older.Resource["extension"]!.AsArray().Select(e => (string)e!["valueString"]!));
    }

    [Fact]
    public void Apply_SomeExtensionsOfTheRecordAgain_ChangesNothing()
    {
        var stored = Document("""{"resourceType":"Patient","id":"a","extension":[{"url":"urn:a","valueString":"1"},{"url":"urn:b","valueString":"3"}]}""", Monday);

        var result = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Patient","id":"a","extension":[{"url":"urn:b","valueString":"3"}]}"""), Monday.AddHours(1), []);

        Assert.False(result.Changed);
    }

    [Fact]
    public void Apply_NewerMessageWithoutAnElement_KeepsIt()
    {
        var stored = Document("""{"resourceType":"Patient","id":"a","gender":"male","birthDate":"1980-02-03"}""", Monday);

        var result = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Patient","id":"a","gender":"female"}"""), Monday.AddHours(1), []);

        AssertJson("""{"resourceType":"Patient","id":"a","gender":"female","birthDate":"1980-02-03"}""", result.Resource);
        Assert.True(result.Changed);
        Assert.Equal(Monday, result.ElementTimes!["birthDate"]);
    }

    [Fact]
    public void Apply_HL7Null_DeletesAndAnOlderFactDoesNotBringItBack()
    {
        var stored = Document("""{"resourceType":"Patient","id":"a","gender":"male","birthDate":"1980-02-03"}""", Monday);
        var cleared = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Patient","id":"a","birthDate":null}"""), Monday.AddHours(2), []);

        var late = ResourceMerge.Apply(Next(stored, cleared), Sent("""{"resourceType":"Patient","id":"a","birthDate":"1980-02-04"}"""), Monday.AddHours(1), []);

        AssertJson("""{"resourceType":"Patient","id":"a","gender":"male"}""", cleared.Resource);
        AssertJson("""{"resourceType":"Patient","id":"a","gender":"male"}""", late.Resource);
        Assert.True(late.Overruled);
        Assert.False(late.Changed);
    }

    [Fact]
    public void Apply_OlderMessage_FillsGapsAndOverwritesNothing()
    {
        var stored = Document("""{"resourceType":"Encounter","id":"e","status":"finished","period":{"end":"2026-03-20"}}""", Monday.AddDays(4));

        var result = ResourceMerge.Apply(
            stored, Sent("""{"resourceType":"Encounter","id":"e","status":"in-progress","period":{"start":"2026-03-16"}}"""), Monday, []);

        AssertJson("""{"resourceType":"Encounter","id":"e","status":"finished","period":{"end":"2026-03-20","start":"2026-03-16"}}""", result.Resource);
        Assert.True(result.Overruled);
        Assert.Equal(Monday.AddDays(4), result.EventTime);
    }

    [Fact]
    public void Apply_ChoiceOfAnotherType_ReplacesTheFormerOne()
    {
        var stored = Document("""{"resourceType":"Observation","id":"o","valueString":"pending"}""", Monday);

        var result = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Observation","id":"o","valueQuantity":{"value":5.10,"unit":"mmol/L"}}"""), Monday.AddMinutes(1), []);

        AssertJson("""{"resourceType":"Observation","id":"o","valueQuantity":{"value":5.10,"unit":"mmol/L"}}""", result.Resource);
    }

    [Fact]
    public void Apply_Quantity_IsReplacedAsOneValue()
    {
        var stored = Document("""{"resourceType":"Observation","id":"o","valueQuantity":{"comparator":"<","value":0.01}}""", Monday);

        var result = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Observation","id":"o","valueQuantity":{"value":7}}"""), Monday.AddMinutes(1), []);

        AssertJson("""{"resourceType":"Observation","id":"o","valueQuantity":{"value":7}}""", result.Resource);
    }

    [Fact]
    public void Apply_Identifiers_Gather()
    {
        var stored = Document("""{"resourceType":"Patient","id":"a","identifier":[{"system":"urn:x","value":"1"},{"system":"urn:y","value":"2"}]}""", Monday);

        var result = ResourceMerge.Apply(stored, Sent("""{"resourceType":"Patient","id":"a","identifier":[{"system":"urn:x","value":"1"},{"system":"urn:z","value":"3"}]}"""), Monday.AddMinutes(1), []);

        Assert.Equal(["1", "2", "3"], result.Resource["identifier"]!.AsArray().Select(i => (string)i!["value"]!));
    }

    [Fact]
    public void Apply_SameContent_ChangesNothing()
    {
        const string Text = """{"resourceType":"Patient","id":"a","name":[{"text":"张三"}],"gender":"male"}""";

        var result = ResourceMerge.Apply(Document(Text, Monday), Sent(Text), Monday, []);

        Assert.False(result.Changed);
        Assert.False(result.Overruled);
        Assert.Null(result.ElementTimes);
    }

    [Fact]
    public void Apply_AssumedStatus_NeverReplacesASaidOneAndYieldsToIt()
    {
        var assumed = ResourceMerge.First(Sent("""{"resourceType":"Encounter","id":"e","status":"in-progress"}"""), Monday, ["status"]);
        var said = ResourceMerge.Apply(Next(null, assumed), Sent("""{"resourceType":"Encounter","id":"e","status":"finished"}"""), Monday.AddHours(-1), []);
        var later = ResourceMerge.Apply(Next(Next(null, assumed), said), Sent("""{"resourceType":"Encounter","id":"e","status":"in-progress"}"""), Monday.AddDays(9), ["status"]);

        Assert.Equal("finished", (string)said.Resource["status"]!);
        Assert.Equal("finished", (string)later.Resource["status"]!);
        Assert.False(later.Overruled);
    }

    [Fact]
    public void Apply_ReplayOfOneEventTime_YieldsToTheMessageThatArrivedLater()
    {
        var stored = Document("""{"resourceType":"Patient","id":"a","gender":"female","birthDate":"1980-02-03"}""", Monday);
        var first = Sent("""{"resourceType":"Patient","id":"a","gender":"male","active":true}""");

        var replayed = ResourceMerge.Apply(stored, first, Monday, [], cameBefore: true);
        var arrived = ResourceMerge.Apply(stored, first, Monday, [], cameBefore: false);

        AssertJson("""{"resourceType":"Patient","id":"a","gender":"female","birthDate":"1980-02-03","active":true}""", replayed.Resource);
        AssertJson("""{"resourceType":"Patient","id":"a","gender":"male","birthDate":"1980-02-03","active":true}""", arrived.Resource);
        Assert.True(replayed.Overruled);
    }

    /// <summary>Updates of one resource in any order of arrival end in the same resource: 300 shuffles of 8 random partial updates.</summary>
    [Fact]
    public void Apply_ShuffledUpdates_EndInTheSameResource()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 300; round++)
        {
            var updates = Enumerable.Range(0, 8).Select(i => (Time: Monday.AddMinutes(i), Json: RandomUpdate(random))).ToArray();
            var expected = Fold(updates);

            var shuffled = updates.ToArray();
            random.Shuffle(shuffled);

            Assert.Equal(Canonical(expected), Canonical(Fold(shuffled)));
        }
    }

    private static JsonObject Fold(IEnumerable<(DateTimeOffset Time, string Json)> updates)
    {
        ResourceDocument? document = null;
        foreach (var (time, text) in updates)
        {
            var result = document is null ? ResourceMerge.First(Sent(text), time, []) : ResourceMerge.Apply(document, Sent(text), time, []);
            document = Next(document, result);
        }

        return document!.Resource;
    }

    private static string RandomUpdate(Random random)
    {
        var parts = new List<string> { "\"resourceType\":\"Encounter\"", "\"id\":\"e\"" };
        void Maybe(string name, params string[] values)
        {
            if (random.Next(2) == 0)
            {
                parts.Add($"\"{name}\":{values[random.Next(values.Length)]}");
            }
        }

        Maybe("status", "\"planned\"", "\"in-progress\"", "\"finished\"");
        Maybe("period", "{\"start\":\"2026-03-16\"}", "{\"start\":\"2026-03-15\",\"end\":\"2026-03-17\"}", "{\"end\":null}", "{\"end\":\"2026-03-18\"}");
        Maybe("location", "[{\"location\":{\"display\":\"A\"}}]", "[{\"location\":{\"display\":\"B\"}}]", "null");
        Maybe("hospitalization", "{\"admitSource\":{\"text\":\"x\"}}", "{\"dischargeDisposition\":{\"text\":\"home\"}}", "{\"admitSource\":null}");
        return "{" + string.Join(',', parts) + "}";
    }

    private static string Canonical(JsonNode? node) => node switch
    {
        JsonObject o => "{" + string.Join(',', o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{Canonical(p.Value)}")) + "}",
        JsonArray a => "[" + string.Join(',', a.Select(Canonical)) + "]",
        null => "null",
        _ => node.ToJsonString(),
    };

    private static ResourceDocument Next(ResourceDocument? before, ResourceMerge.Result result) =>
        (before ?? Document(result.Resource.ToJsonString(), result.EventTime)) with
        {
            Resource = result.Resource,
            ElementTimes = result.ElementTimes,
            Provenance = new Provenance("his", "m", "v", "r", "s", result.EventTime),
        };

    private static ResourceDocument Document(string json, DateTimeOffset time)
    {
        var resource = Json(json);
        var type = (string)resource["resourceType"]!;
        return new ResourceDocument
        {
            Id = $"{type}/{resource["id"]}",
            Type = type,
            PatientId = "p1",
            SourceIdentity = "urn:x|1",
            Effective = time,
            Version = 1,
            LastUpdated = time,
            Provenance = new Provenance("his", "m", "v", "r", "s", time),
            Resource = resource,
        };
    }

    private static DraftNode Sent(string text) => DraftNode.From(Json(text));

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static void AssertJson(string expected, JsonObject actual) => Assert.Equal(Canonical(Json(expected)), Canonical(actual));
}
