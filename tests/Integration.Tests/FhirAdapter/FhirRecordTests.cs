using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Records.Search;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.FhirAdapter;

/// <summary>What FHIR sources send goes through the same journal, pipeline, identity and record as everything else.</summary>
public sealed class FhirRecordTests
{
    [Fact]
    public async Task ObservationBeforeItsPatient_IsKept_AndResolvesWhenThePatientComes()
    {
        await using var engine = await FhirEngine.StartAsync();

        var first = await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient/p1"));
        var observation = (await engine.FindFhirAsync("Observation", "o1"))!;
        var reference = (string)observation.Resource["subject"]!["reference"]!;
        Assert.Equal(MessageState.Done, first.State);
        Assert.Null(await engine.FindAsync(reference));

        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1"));

        var patient = (await engine.FindAsync(reference))!;
        Assert.Equal("Patient", patient.Type);
        Assert.Equal(observation.PatientId, patient.PatientId);
        Assert.Equal(patient.PatientId, (await engine.PatientAsync("M1")).Id);
    }

    [Fact]
    public async Task PatientWithANumberThatHl7Knows_JoinsThatRecord()
    {
        await using var engine = await FhirEngine.StartAsync();
        await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient/p1"));
        await engine.SendAsync(
            "MSH|^~\\&|HIS|EAST|HUB|H|20260301080000||ADT^A01^ADT_A01|C1|P|2.5.1||||||UNICODE UTF-8", "EVN||20260301080000",
            "PID|1||M1^^^HIS^MR||欧阳^娜娜||19900501|F", "PV1|1|I|W1^R1^B1");
        var known = await engine.PatientAsync("M1");
        var system = (await engine.AllAsync()).First(r => r.Type == "Patient").Resource["identifier"]![0]!["system"]!.ToString();

        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1").Replace("urn:test:mrn", system, StringComparison.Ordinal));

        var one = await engine.PatientAsync("M1");
        Assert.Contains(known.Id, new[] { one.Id, known.MergedInto ?? known.Id });
        Assert.Equal(one.Id, (await engine.FindFhirAsync("Observation", "o1"))!.PatientId);
    }

    [Fact]
    public async Task Resource_KeepsSourceIdVersionAndMetaSource_AndEveryDigit()
    {
        await using var engine = await FhirEngine.StartAsync();

        var message = await engine.SendFhirAsync(FhirEngine.Observation(
            "o1", "Patient/p1", "6.10", """ "meta":{"versionId":"7","lastUpdated":"2026-03-01T01:00:00Z","source":"urn:lis:9"}, """));

        var stored = (await engine.FindFhirAsync("Observation", "o1"))!;
        Assert.Equal($"{FhirEngine.Authority}/Observation/o1/_history/7", stored.Provenance.Source);
        Assert.Equal(("emr", message.Id), (stored.Provenance.Feed, stored.Provenance.MessageId));
        Assert.Equal("urn:lis:9", (string?)stored.Resource["meta"]!["source"]);
        Assert.Equal("6.10", stored.Resource["valueQuantity"]!["value"]!.ToJsonString());
        Assert.Equal(stored.Id, $"Observation/{(string?)stored.Resource["id"]}");
    }

    [Fact]
    public async Task NewerVersion_ReplacesAll_OlderOneChangesNothing()
    {
        await using var engine = await FhirEngine.StartAsync();
        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1", "甲", """ "meta":{"versionId":"2","lastUpdated":"2026-03-02T00:00:00Z"},"active":true, """));

        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1", "乙", """ "meta":{"versionId":"3","lastUpdated":"2026-03-03T00:00:00Z"}, """));
        var older = await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1", "丙", """ "meta":{"versionId":"1","lastUpdated":"2026-03-01T00:00:00Z"},"deceasedBoolean":true, """));

        var stored = (await engine.FindFhirAsync("Patient", "p1"))!;
        Assert.Equal("乙", (string?)stored.Resource["name"]![0]!["text"]);
        Assert.False(stored.Resource.ContainsKey("active"));
        Assert.False(stored.Resource.ContainsKey("deceasedBoolean"));
        Assert.Equal(2, stored.Version);
        Assert.Contains(older.Issues, i => i.Code == IntegrationErrorCode.OlderThanRecord);
    }

    [Fact]
    public async Task SameVersionTwice_IsADuplicate()
    {
        await using var engine = await FhirEngine.StartAsync();
        var json = FhirEngine.Patient("p1", "M1", meta: """ "meta":{"versionId":"2","lastUpdated":"2026-03-02T00:00:00Z"}, """);
        await engine.SendFhirAsync(json);

        Assert.Equal(MessageState.Duplicate, (await engine.SendFhirAsync(json)).State);
    }

    [Fact]
    public async Task Transaction_AboutTwoPatientsAndStaff_IsOneMessageAndFilesEach()
    {
        await using var engine = await FhirEngine.StartAsync();

        var message = await engine.SendFhirAsync($$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{{{FhirEngine.Patient("a", "M1")}}},"request":{"method":"POST","url":"Patient"}},
             {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{{{FhirEngine.Patient("b", "M2", "陈晨")}}},"request":{"method":"POST","url":"Patient"}},
             {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":"Practitioner","name":[{"text":"王医生"}]},"request":{"method":"POST","url":"Practitioner"}},
             {"resource":{{{FhirEngine.Observation("o1", "urn:uuid:00000000-0000-4000-8000-000000000001")}}},"request":{"method":"PUT","url":"Observation/o1"}},
             {"resource":{{{FhirEngine.Observation("o2", "urn:uuid:00000000-0000-4000-8000-000000000002")}}},"request":{"method":"PUT","url":"Observation/o2"}}]}
            """);

        Assert.Equal(MessageState.Done, message.State);
        Assert.Equal(5, message.Changes.Count(c => c.Action == "created"));
        Assert.Equal((await engine.PatientAsync("M1")).Id, (await engine.FindFhirAsync("Observation", "o1"))!.PatientId);
        Assert.Equal((await engine.PatientAsync("M2")).Id, (await engine.FindFhirAsync("Observation", "o2"))!.PatientId);
        Assert.Equal("", (await engine.AllAsync()).Single(r => r.Type == "Practitioner").PatientId);
    }

    [Fact]
    public async Task Deletion_TakesTheResourceOut_KeepsItsHistory_AndOlderVersionsDoNotBringItBack()
    {
        await using var engine = await FhirEngine.StartAsync();
        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1"));
        await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient/p1"));
        var key = (await engine.FindFhirAsync("Observation", "o1"))!.Id;
        await engine.Services.GetRequiredService<SearchIndexer>().CatchUpAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        Assert.NotNull(await engine.Store.GetAsync(Collections.SearchEntries, key, withPayload: false, CancellationToken.None));

        var deletion = await engine.SendFhirAsync("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/o1"}}]}""");
        await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient/p1", "9", """ "meta":{"lastUpdated":"2026-01-01T00:00:00Z"}, """));

        Assert.Equal(MessageState.Done, deletion.State);
        Assert.Null(await engine.FindAsync(key));
        Assert.Null(await engine.Store.GetAsync(Collections.SearchEntries, key, withPayload: false, CancellationToken.None));
        Assert.NotNull(await engine.Store.GetAsync(Collections.ResourceHistory, $"{key}/1", withPayload: false, CancellationToken.None));
        Assert.Equal(0, (await engine.PatientAsync("M1")).ResourceCounts.GetValueOrDefault("Observation"));

        await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient/p1", "7"));
        Assert.Equal(3, (await engine.FindAsync(key))!.Version);
        await AssertSummariesAsync(engine);
    }

    [Theory]
    [InlineData("Quarantine", MessageState.Failed)]
    [InlineData("Warn", MessageState.Done)]
    public async Task InvalidResource_FollowsThePolicy_WithFhirPath(string policy, MessageState expected)
    {
        await using var engine = await FhirEngine.StartAsync(("Feeds:emr:Validation", policy));

        var message = await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1").Replace("\"female\"", "\"lady\"", StringComparison.Ordinal));

        Assert.Equal(expected, message.State);
        var issue = Assert.Single(message.Issues, i => i.Code == IntegrationErrorCode.ResourceInvalid);
        Assert.Equal("Patient.gender", issue.Place);
        Assert.DoesNotContain("lady", issue.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\"/>")]
    [InlineData("""{"resourceType":"Patient","id":"a","id":"b"}""")]
    [InlineData("""{"resourceType":"Hospital"}""")]
    [InlineData("[1]")]
    public async Task Unreadable_GoesToQuarantine(string text)
    {
        await using var engine = await FhirEngine.StartAsync();

        var message = await engine.SendFhirAsync(text);

        Assert.Equal(MessageState.Failed, message.State);
        Assert.Equal(IntegrationErrorCode.NotFhir, Assert.Single(message.Issues).Code);
    }

    [Fact]
    public async Task ConditionalReference_BecomesLogical_AndFindsThePatient()
    {
        await using var engine = await FhirEngine.StartAsync();
        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1"));

        await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient?identifier=urn:test:mrn|M1"));

        var stored = (await engine.FindFhirAsync("Observation", "o1"))!;
        Assert.Equal((await engine.PatientAsync("M1")).Id, stored.PatientId);
        Assert.Equal("M1", (string?)stored.Resource["subject"]!["identifier"]!["value"]);
    }

    [Fact]
    public async Task ReplacedPatient_MergesIntoItsSurvivor()
    {
        await using var engine = await FhirEngine.StartAsync();
        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1"));
        await engine.SendFhirAsync(FhirEngine.Patient("p2", "M2"));
        await engine.SendFhirAsync(FhirEngine.Observation("o1", "Patient/p1"));

        await engine.SendFhirAsync(FhirEngine.Patient("p1", "M1", meta: """ "active":false,"link":[{"other":{"reference":"Patient/p2"},"type":"replaced-by"}], """));

        Assert.Equal((await engine.FindFhirAsync("Patient", "p2"))!.PatientId, (await engine.FindFhirAsync("Observation", "o1"))!.PatientId);
        await AssertSummariesAsync(engine);
    }

    [Fact]
    public async Task Replay_GivesTheSameRecord()
    {
        await using var engine = await FhirEngine.StartAsync();
        var bundle = $$$"""
            {"resourceType":"Bundle","type":"collection","entry":[{"resource":{{{FhirEngine.Observation("o1", "Patient/p1")}}}},{"resource":{{{FhirEngine.Patient("p1", "M1")}}}}]}
            """;
        await engine.SendFhirAsync(bundle);
        var before = (await engine.AllAsync()).Select(r => (r.Id, r.Version, r.Resource.ToJsonString())).Order().ToList();

        await engine.SendFhirAsync(bundle);

        Assert.Equal(before, (await engine.AllAsync()).Select(r => (r.Id, r.Version, r.Resource.ToJsonString())).Order());
    }

    /// <summary>Every summary is what its resources give.</summary>
    private static async Task AssertSummariesAsync(TestEngine engine)
    {
        await foreach (var stored in engine.Store.ReadAllAsync(new DocumentQuery(Collections.Patients) { Limit = 100 }, CancellationToken.None))
        {
            var summary = Collections.Patients.Read(stored);
            if (summary.MergedInto is null)
            {
                var rebuilt = await engine.Summaries.RebuildAsync(summary.Id, CancellationToken.None);
                Assert.Equal(rebuilt.ResourceCounts, summary.ResourceCounts);
                Assert.Equal(rebuilt.NameKeys, summary.NameKeys);
            }
        }
    }
}
