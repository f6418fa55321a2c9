using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Identity;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Tests.Api.Fhir;

/// <summary>One host whose identities are known, as the identify stage would have linked them.</summary>
public sealed class FhirMatchHost : IAsyncLifetime
{
    public const string Wang = "44444444444444444444444444440001";

    /// <summary>1949-12-31, female; valid by GB 11643.</summary>
    public const string WangResidentId = "11010519491231002X";

    public ApiHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await ApiHost.StartAsync();
        await FhirRecord.PutAsync(Host.Store);
        var batch = new WriteBatch();
        batch.Add(Collections.Resources.Put(FhirRecord.Of(Wang, "Patient", "w1", 0, $$"""
            {"identifier":[{"system":"urn:authority:HIS","value":"30001"},{"system":"{{ResidentId.System}}","value":"{{WangResidentId}}"}],
            "name":[{"text":"王芳"}],"gender":"female","birthDate":"1949-12-31","telecom":[{"system":"phone","value":"13900000009"}]}
            """), 0));
        batch.Add(Collections.Patients.Put(PatientSummary.Empty(Wang), 0));
        var (zhang, li, wang) = (new MatchDemographics("张玘", "1980-05-17", "female", "13800000001"), new MatchDemographics("李四", "1975-01-02", "male", null),
            new MatchDemographics("王芳", "1949-12-31", "female", "13900000009"));
        foreach (var (authority, value, owner, known) in new[]
        {
            ("urn:authority:HIS", "10001", FhirRecord.Zhang, zhang), ("urn:authority:HIS", "10099", FhirRecord.Zhang, zhang), ("urn:authority:HIS", "20001", FhirRecord.Li, li),
            ("urn:authority:HIS", "30001", Wang, wang), (ResidentId.System, WangResidentId, Wang, wang), ("urn:authority:LIS", "L7", FhirRecord.Li, li),
        })
        {
            batch.Add(Collections.Identities.Put(new IdentityDocument
            {
                Id = $"{authority}|{value}",
                Identifier = new PatientIdentifier(authority, value, null),
                PatientId = owner,
                OriginPatientId = owner,
                LinkedBy = "new",
                LinkedByMessage = "019aa4d07c00700080000000000000a1",
                Demographics = known,
            }, 0));
        }

        batch.Add(Collections.LinkReviews.Put(new LinkReviewDocument
        {
            Id = GoldenRecord.PairId(FhirRecord.Zhang, Wang),
            PatientA = FhirRecord.Zhang,
            PatientB = Wang,
            State = "separate",
            Reason = "resident-id-contradicts",
            MessageId = "019aa4d07c00700080000000000000a1",
            Since = FhirRecord.Start,
            DecidedBy = "tests",
        }, 0));
        Assert.IsType<CommitResult.Committed>(await Host.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary><c>Patient/$match</c>: FHIR R4 patient-operation-match.html, by the rules of the identify stage.</summary>
public sealed class FhirMatchTests(FhirMatchHost sample) : IClassFixture<FhirMatchHost>
{
    private const string ResidentSystem = ResidentId.System;
    private const string HisZhang = """{"system":"urn:authority:HIS","value":"10001"}""";

    [Theory]
    [InlineData($$"""{"identifier":[{{HisZhang}}],"name":[{"text":"张玘"}],"gender":"female"}""", "Patient/p1 certain 1")]
    [InlineData("""{"identifier":[{"system":"urn:authority:HIS","value":"10099"}]}""", "Patient/p1 certain 1")]   // a number that was merged away
    [InlineData("""{"identifier":[{"system":"urn:authority:LIS","value":"10001"}]}""", "")]                        // the same value of another authority
    [InlineData($$"""{"identifier":[{"system":"{{ResidentSystem}}","value":"11010519491231002X"}],"name":[{"text":"王芳"}]}""", "Patient/w1 certain 1")]
    [InlineData($$"""{"identifier":[{"system":"{{ResidentSystem}}","value":"110105194912310021"}],"name":[{"text":"王芳"}]}""", "")]   // its check digit is wrong
    public async Task Match_ByNumber_IsCertain(string patient, string expected) => Assert.Equal(expected, Shown(await MatchAsync(patient)));

    [Theory]
    [InlineData($$"""{"identifier":[{{HisZhang}}],"name":[{"text":"张琪"}]}""", "Patient/p1 probable 0.8")]   // sounds the same, and is another name to the rules
    [InlineData($$"""{"identifier":[{{HisZhang}}],"birthDate":"2020-01-01"}""", "Patient/p1 probable 0.8")]
    [InlineData("""{"identifier":[{"system":"urn:authority:HIS","value":"20001"},{"system":"urn:authority:HIS","value":"10001"}],"gender":"male"}""",
        "Patient/p2 certain 1, Patient/p1 possible 0.5")]
    public async Task Match_NumberOfWhoseRestDiffers_IsNotCertain(string patient, string expected) => Assert.Equal(expected, Shown(await MatchAsync(patient)));

    [Fact]
    public async Task Match_ChildWithTheNumberOrPhoneOfAParent_IsNotTheParent()
    {
        const string Child = "\"name\":[{\"text\":\"王小明\"}],\"gender\":\"male\",\"birthDate\":\"2024-05-01\",\"telecom\":[{\"system\":\"phone\",\"value\":\"13900000009\"}]";
        var byPhone = await MatchAsync($"{{{Child}}}");
        var byNumber = await MatchAsync($$"""{"identifier":[{"system":"{{ResidentSystem}}","value":"{{FhirMatchHost.WangResidentId}}"}],{{Child}}}""");

        Assert.Equal("", Shown(byPhone));
        Assert.Equal("Patient/w1 possible 0.5", Shown(byNumber));
        Assert.Contains("contradicts", Note(byNumber), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Match_WhomAPersonHeldApart_IsCertainlyNot()
    {
        var bundle = await MatchAsync($$"""{"identifier":[{{HisZhang}},{"system":"{{ResidentSystem}}","value":"{{FhirMatchHost.WangResidentId}}"}],"gender":"male"}""");
        var apart = await MatchAsync($$"""{"identifier":[{{HisZhang}},{"system":"{{ResidentSystem}}","value":"{{FhirMatchHost.WangResidentId}}"}],"birthDate":"1980-05-17"}""");

        Assert.Equal("Patient/p1 probable 0.8, Patient/w1 certainly-not 0", Shown(bundle));
        Assert.Equal("Patient/p1 certain 1, Patient/w1 certainly-not 0", Shown(apart));
    }

    [Fact]
    public async Task Match_NumbersOfTwoPeopleThatAgree_AreBothProbableAndNoneIsCertain()
    {
        const string Both = """{"identifier":[{"system":"urn:authority:HIS","value":"10001"},{"system":"urn:authority:LIS","value":"L7"}]}""";

        Assert.Equal("Patient/p2 probable 0.8, Patient/p1 probable 0.8", Shown(await MatchAsync(Both)));
        Assert.Equal("", Shown(await MatchAsync(Both, "{\"name\":\"onlyCertainMatches\",\"valueBoolean\":true}")));
        Assert.Equal("Patient/p2 probable 0.8", Shown(await MatchAsync(Both, "{\"name\":\"count\",\"valueInteger\":1}")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":[{"text":"王芳"}],"birthDate":"1949-12-31","gender":"female"}""")]
    [InlineData("""{"identifier":[{"value":"10001"}]}""")]
    public async Task Match_NothingThatIdentifies_FindsNobodyAndSaysWhy(string patient)
    {
        var bundle = await MatchAsync(patient);

        Assert.Equal(0, bundle["total"]!.GetValue<int>());
        Assert.Contains("Nobody is known", Note(bundle), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"resourceType":"Parameters"}""", 400, "required")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Group"}}]}""", 400, "invalid")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"x","valueInteger":1}]}""", 400, "invalid")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient"}},{"name":"count","valueString":"many"}]}""", 400, "invalid")]
    [InlineData("""{"resourceType":"Patient","gender":"F"}""", 422, "code-invalid")]
    [InlineData("{", 400, "structure")]
    [InlineData("[]", 400, "invalid")]
    public async Task Match_WhatCannotBeMatched_AnswersAnOperationOutcome(string body, int status, string code)
    {
        using var response = await sample.Host.Client.PostAsync("/fhir/Patient/$match", new StringContent(body, Encoding.UTF8, "application/fhir+json"));

        var outcome = await response.JsonAsync((HttpStatusCode)status);
        Assert.Equal("OperationOutcome", outcome.Text("resourceType"));
        Assert.Equal(code, outcome.Items("issue")[0]!.Text("code"));
    }

    [Fact]
    public async Task Match_APatientWithoutParameters_IsMatchedAndNothingIsWritten()
    {
        var before = await sample.Host.Store.GetAsync(Collections.Identities, "urn:authority:HIS|10001", withPayload: false, CancellationToken.None);
        using var response = await sample.Host.Client.PostAsync(
            "/fhir/Patient/$match", new StringContent($$"""{"resourceType":"Patient","identifier":[{{HisZhang}},{"system":"urn:authority:PACS","value":"new"}]}"""));

        Assert.Equal("Patient/p1 certain 1", Shown(await response.JsonAsync(HttpStatusCode.OK)));
        Assert.Null(await sample.Host.Store.GetAsync(Collections.Identities, "urn:authority:PACS|new", withPayload: false, CancellationToken.None));
        Assert.Equal(before!.Version, (await sample.Host.Store.GetAsync(Collections.Identities, before.Id, withPayload: false, CancellationToken.None))!.Version);
    }

    private async Task<JsonObject> MatchAsync(string patient, string? parameter = null)
    {
        var resource = JsonNode.Parse(patient)!.AsObject();
        resource.Insert(0, "resourceType", "Patient");
        var body = new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray([new JsonObject { ["name"] = "resource", ["resource"] = resource }, .. parameter is null ? Array.Empty<JsonNode>() : [JsonNode.Parse(parameter)!]]),
        };
        using var response = await sample.Host.Client.PostAsync("/fhir/Patient/$match", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/fhir+json"));
        var bundle = await response.JsonAsync(HttpStatusCode.OK);
        FhirFacadeTests.AssertValid(bundle);
        Assert.Equal("searchset", bundle.Text("type"));
        return bundle;
    }

    /// <summary>Reference, grade and score of each match, in order.</summary>
    private static string Shown(JsonObject bundle) => string.Join(", ", (bundle["entry"]?.AsArray() ?? []).Where(e => e!["search"]!.Text("mode") == "match").Select(e =>
        $"Patient/{e!["resource"]!.Text("id")} {e["search"]!.Items("extension").Single(x => x!.Text("url") == "http://hl7.org/fhir/StructureDefinition/match-grade")!.Text("valueCode")} {e["search"]!["score"]!.ToJsonString()}"));

    private static string Note(JsonObject bundle) =>
        string.Join(' ', bundle.Items("entry").Where(e => e!["search"]!.Text("mode") == "outcome").SelectMany(e => e!["resource"]!.Items("issue")).Select(i => i!["details"]!.Text("text")));
}
