using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Storage;
using Integration.Fhir;

namespace Integration.Tests.Api.Fhir;

public sealed class FhirFacadeTests(FhirHost sample) : IClassFixture<FhirHost>
{
    private HttpClient Client => sample.Host.Client;

    [Fact]
    public async Task Read_AResource_HasVersionTimeAndSourceAndIsValid()
    {
        using var response = await Client.GetAsync("/fhir/Observation/glu");

        var resource = await response.JsonAsync(HttpStatusCode.OK);
        Assert.Equal("application/fhir+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("W/\"3\"", response.Headers.ETag!.ToString());
        Assert.Equal("3", resource["meta"]!.Text("versionId"));
        Assert.Equal("2026-03-16T08:01:00.000Z", resource["meta"]!.Text("lastUpdated"));
        Assert.Equal("urn:integration:feed:lis#019aa4d07c00700080000000000000a1", resource["meta"]!.Text("source"));
        Assert.Equal("7.80", resource["valueQuantity"]!["value"]!.ToJsonString());
        AssertValid(resource);
    }

    [Fact]
    public async Task Read_WhatTheCallerHas_IsNotSentAgain()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/Observation/glu");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"3\"", isWeak: true));
        using var response = await Client.SendAsync(request);
        using var older = new HttpRequestMessage(HttpMethod.Get, "/fhir/Observation/glu");
        older.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"2\"", isWeak: true));
        using var sent = await Client.SendAsync(older);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
    }

    [Fact]
    public async Task VersionRead_EveryVersion_IsAsItWas()
    {
        var first = await Client.GetJsonAsync("/fhir/Observation/glu/_history/1");
        var current = await Client.GetJsonAsync("/fhir/Observation/glu/_history/3");

        Assert.Equal("7.50", first["valueQuantity"]!["value"]!.ToJsonString());
        Assert.Equal("1", first["meta"]!.Text("versionId"));
        Assert.Equal("7.80", current["valueQuantity"]!["value"]!.ToJsonString());
    }

    [Fact]
    public async Task History_PageByPage_IsNewestFirstAndValid()
    {
        var all = await Client.GetJsonAsync("/fhir/Observation/glu/_history");
        var paged = await Client.GetBundlesAsync("/fhir/Observation/glu/_history?_count=1");

        Assert.Equal("history", all.Text("type"));
        Assert.Equal(3, all["total"]!.GetValue<int>());
        Assert.Equal(["3", "2", "1"], all.Items("entry").Select(e => e!["resource"]!["meta"]!.Text("versionId")));
        Assert.Equal(["3", "2", "1"], paged.SelectMany(b => b.Items("entry")).Select(e => e!["resource"]!["meta"]!.Text("versionId")));
        AssertValid(all);
    }

    [Fact]
    public async Task History_OfWhatWasDeleted_BeginsWithTheDeletion()
    {
        var history = await Client.GetJsonAsync("/fhir/Flag/gone/_history");
        var never = await Client.GetJsonAsync("/fhir/Location/never/_history");

        Assert.Equal(["DELETE", "POST"], history.Items("entry").Select(e => e!["request"]!.Text("method")));
        Assert.Equal(2, history["total"]!.GetValue<int>());
        Assert.Equal("W/\"2\"", history.Items("entry")[0]!["response"]!.Text("etag"));
        Assert.Equal(["DELETE"], never.Items("entry").Select(e => e!["request"]!.Text("method")));
        AssertValid(history);
    }

    [Fact]
    public async Task Read_PatientMergedAway_IsInactiveAndNamesTheOneThatReplacesIt()
    {
        var patient = await Client.GetJsonAsync("/fhir/Patient/p1-old");

        Assert.False(patient["active"]!.GetValue<bool>());
        Assert.Equal("Patient/p1", patient.Items("link")[0]!["other"]!.Text("reference"));
        Assert.Null(patient["name"]);
    }

    [Theory]
    [InlineData("/fhir/Observation/none", 404, "not-found")]
    [InlineData("/fhir/Flag/gone", 410, "deleted")]
    [InlineData("/fhir/Flag/gone/_history/2", 410, "deleted")]
    [InlineData("/fhir/Location/never", 410, "deleted")]
    [InlineData("/fhir/Observation/glu/_history/9", 404, "not-found")]
    [InlineData("/fhir/Observation/none/_history/1", 404, "not-found")]
    [InlineData("/fhir/Observation/none/_history", 404, "not-found")]
    [InlineData("/fhir/Patient/none/$everything", 404, "not-found")]
    [InlineData("/fhir/Observations/glu", 404, "not-supported")]
    [InlineData("/fhir/StructureDefinition", 404, "not-supported")]
    [InlineData("/fhir/Binary/none", 404, "not-found")]
    [InlineData("/fhir", 404, "not-found")]
    [InlineData("/fhir/a/b/c/d", 404, "not-found")]
    [InlineData("/fhir/Patient?_format=xml", 406, "not-supported")]
    [InlineData("/fhir/Patient?_page=x", 400, "invalid")]
    [InlineData("/fhir/Patient?nmae=x", 400, "not-supported")]
    [InlineData("/fhir/Patient?birthdate=x", 400, "invalid")]
    [InlineData("/fhir/Patient?_sort=nmae", 400, "not-supported")]
    [InlineData("/fhir/Patient?_summary=some", 400, "invalid")]
    [InlineData("/fhir/Patient/p1?_summary=count", 400, "invalid")]
    [InlineData("/fhir/Observation?_summary=text&_include=*", 400, "invalid")]
    [InlineData("/fhir/Patient?_include=Patient:nmae", 400, "not-supported")]
    public async Task AnyAddress_ThatCannotBeServed_AnswersAnOperationOutcome(string url, int status, string code)
    {
        using var response = await Client.GetAsync(url);

        var outcome = await response.JsonAsync((HttpStatusCode)status);
        Assert.Equal("application/fhir+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("OperationOutcome", outcome.Text("resourceType"));
        Assert.Equal(code, outcome.Items("issue")[0]!.Text("code"));
        AssertValid(outcome);
    }

    [Fact]
    public async Task AnyAddress_WrongFormatMethodOrKey_AnswersAnOperationOutcome()
    {
        using var xml = new HttpRequestMessage(HttpMethod.Get, "/fhir/Patient/p1");
        xml.Headers.Accept.ParseAdd("application/fhir+xml");
        using var notXml = await Client.SendAsync(xml);
        using var put = await Client.PutAsync("/fhir/Patient/p1", new StringContent("{}"));
        using var noKey = await sample.Host.Anonymous.GetAsync("/fhir/Patient/p1");

        Assert.Equal("OperationOutcome", (await notXml.JsonAsync(HttpStatusCode.NotAcceptable)).Text("resourceType"));
        Assert.Equal("not-supported", (await put.JsonAsync(HttpStatusCode.MethodNotAllowed)).Items("issue")[0]!.Text("code"));
        Assert.Equal("login", (await noKey.JsonAsync(HttpStatusCode.Unauthorized)).Items("issue")[0]!.Text("code"));
    }

    [Fact]
    public async Task Everything_OfEitherNumber_IsTheWholeRecordWithStaffAndPlaces()
    {
        string[] expected = ["Condition/c1", "Encounter/e1", "Observation/glu", "Organization/org", "Patient/p1", "Patient/p1-old", "Practitioner/d1"];

        foreach (var id in new[] { "p1", "p1-old" })
        {
            var bundle = await Client.GetJsonAsync($"/fhir/Patient/{id}/$everything");
            Assert.Equal(expected, References(bundle));
            Assert.Equal(5, bundle["total"]!.GetValue<int>());
            AssertValid(bundle);
        }

        var paged = await Client.GetBundlesAsync("/fhir/Patient/p1/$everything?_count=2");
        Assert.Equal(3, paged.Count);
        Assert.Equal(expected, paged.SelectMany(References).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["Observation/glu", "Practitioner/d1"], References(await Client.GetJsonAsync("/fhir/Patient/p1/$everything?_type=Observation&start=2026-03-16")));
        Assert.Null((await Client.GetJsonAsync("/fhir/Patient/p1/$everything?_since=2027"))["entry"]);
    }

    [Fact]
    public async Task Validate_Resource_AnswersItsFindings()
    {
        using var bad = new StringContent("""{"resourceType":"Patient","gender":"sometimes"}""", Encoding.UTF8, "application/fhir+json");
        using var good = new StringContent("""{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","gender":"male"}}]}""", Encoding.UTF8, "application/fhir+json");
        using var none = new StringContent("{", Encoding.UTF8, "application/fhir+json");

        using var found = await Client.PostAsync("/fhir/Patient/$validate", bad);
        using var fine = await Client.PostAsync("/fhir/Patient/$validate", good);
        using var broken = await Client.PostAsync("/fhir/Patient/$validate", none);
        var stored = await Client.GetJsonAsync("/fhir/Observation/glu/$validate");

        Assert.Equal("code-invalid", (await found.JsonAsync(HttpStatusCode.OK)).Items("issue")[0]!.Text("code"));
        Assert.DoesNotContain((await fine.JsonAsync(HttpStatusCode.OK)).Items("issue"), issue => issue!.Text("severity") == "error");
        Assert.Equal("structure", (await broken.JsonAsync(HttpStatusCode.BadRequest)).Items("issue")[0]!.Text("code"));
        Assert.DoesNotContain(stored.Items("issue"), issue => issue!.Text("severity") == "error");
    }

    [Fact]
    public async Task Capability_EveryTypeAndParameterItLists_IsServed()
    {
        var statement = await Client.GetJsonAsync("/fhir/metadata");
        AssertValid(statement);
        var resources = statement.Items("rest")[0]!.Items("resource");
        Assert.True(resources.Count > 40);

        foreach (var resource in resources.Where(r => r!["searchParam"] is not null))
        {
            // Values that every kind of parameter takes are not to be had: that it may be missing, each does.
            var query = string.Join('&', resource!.Items("searchParam").Select(p => $"{p!.Text("name")}:missing=false"));
            using var response = await Client.GetAsync($"/fhir/{resource!.Text("type")}?{query}");
            Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Binary_OfAnAttachment_IsTheContentOrAFhirBinary()
    {
        var bytes = Encoding.UTF8.GetBytes("%PDF-1.4 内容");
        var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        var batch = new WriteBatch();
        batch.Add(Collections.Attachments.Put(new(id, bytes.Length, "application/pdf", "m", "his", FhirRecord.Start), null));
        await LongContent.WriteAsync(sample.Host.Store, id, LongContent.PiecesOf(bytes), CommitPriority.Processing, CancellationToken.None);
        await sample.Host.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        using var content = await Client.GetAsync($"/fhir/Binary/{id}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/fhir/Binary/{id}");
        request.Headers.Accept.ParseAdd("application/fhir+json");
        using var asFhir = await Client.SendAsync(request);

        Assert.Equal("application/pdf", content.Content.Headers.ContentType!.MediaType);
        Assert.Equal(bytes, await content.Content.ReadAsByteArrayAsync());
        var binary = await asFhir.JsonAsync(HttpStatusCode.OK);
        Assert.Equal(bytes, Convert.FromBase64String(binary.Text("data")));
        AssertValid(binary);
    }

    internal static IEnumerable<string> References(JsonObject bundle) =>
        (bundle["entry"]?.AsArray() ?? []).Select(e => $"{e!["resource"]!.Text("resourceType")}/{e["resource"]!["id"]?.GetValue<string>()}").Order(StringComparer.Ordinal);

    internal static void AssertValid(JsonObject resource)
    {
        using var json = JsonDocument.Parse(resource.ToJsonString());
        var errors = FhirValidator.Validate(json.RootElement).Where(issue => issue.Severity == FhirIssueSeverity.Error).ToList();
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }
}
