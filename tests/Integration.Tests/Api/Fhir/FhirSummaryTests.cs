using Integration.Core.Storage;

namespace Integration.Tests.Api.Fhir;

/// <summary><c>_summary</c> by the definitions of FHIR R4 4.0.1 (isSummary), in searches and reads.</summary>
public sealed class FhirSummaryTests(FhirHost sample) : IClassFixture<FhirHost>
{
    private const string Narrative = """ "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"} """;

    private HttpClient Client => sample.Host.Client;

    [Theory]
    [InlineData("true", "resourceType id meta identifier status code subject effectiveDateTime valueQuantity component")]
    [InlineData("text", "resourceType id meta text status code")]
    [InlineData("data", "resourceType id meta identifier status code subject effectiveDateTime valueQuantity note component")]
    [InlineData("false", "resourceType id meta text identifier status code subject effectiveDateTime valueQuantity note component")]
    public async Task Summary_EachKind_HasItsElementsAndSaysWhenItIsNotWhole(string kind, string expected)
    {
        var id = $"s-{kind}";
        await PutAsync("Observation", id, $$"""
            { {{Narrative}}, "identifier":[{"system":"urn:lis","value":"{{id}}"}],"status":"final","code":{"text":"血压"},"subject":{"reference":"Patient/p2"},
            "effectiveDateTime":"2026-03-16T16:00:00+08:00","valueQuantity":{"value":7.80,"unit":"mmol/L"},"note":[{"text":"空腹"}],
            "component":[{"code":{"text":"收缩压"},"valueQuantity":{"value":120},"referenceRange":[{"text":"90-140"}]}]}
            """);

        var bundle = await Client.GetJsonAsync($"/fhir/Observation?_id={id}&_summary={kind}");
        var read = await Client.GetJsonAsync($"/fhir/Observation/{id}?_summary={kind}");

        var resource = bundle.Items("entry")[0]!["resource"]!.AsObject();
        Assert.Equal(expected, string.Join(' ', resource.Select(p => p.Key)));
        Assert.Equal(resource.ToJsonString(), read.ToJsonString());
        Assert.Equal(kind != "false", resource["meta"]!["tag"]?.AsArray().Any(t => t!.Text("code") == "SUBSETTED") ?? false);
        FhirFacadeTests.AssertValid(bundle);
    }

    [Fact]
    public async Task SummaryTrue_InsideElements_LeavesOutWhatIsNoSummaryAndKeepsWhatValidityNeeds()
    {
        await PutAsync("DocumentReference", "s-doc", """
            {"status":"current","type":{"text":"出院小结","extension":[{"url":"urn:x","valueCode":"y"}]},
            "content":[{"attachment":{"contentType":"text/plain","data":"eA==","title":"小结"},"format":{"code":"t"}}],
            "context":{"period":{"start":"2026-03-16"},"facilityType":{"text":"医院"}},
            "author":[{"extension":[{"url":"urn:why","valueCode":"masked"}]}]}
            """);
        await PutAsync("Flag", "s-flag", """
            {"status":"active","code":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]},"subject":{"reference":"Patient/p2"}}
            """);

        var document = await Client.GetJsonAsync("/fhir/DocumentReference/s-doc?_summary=true");
        var flag = await Client.GetJsonAsync("/fhir/Flag/s-flag?_summary=true");

        Assert.Equal(["resourceType", "id", "meta", "status", "type", "content", "context"], document.Select(p => p.Key));
        Assert.Equal("""{"text":"出院小结"}""", document["type"]!.ToJsonString(Readable));
        Assert.Equal("""[{"attachment":{"contentType":"text/plain","title":"小结"},"format":{"code":"t"}}]""", document["content"]!.ToJsonString(Readable));
        Assert.Equal("""{"period":{"start":"2026-03-16"}}""", document["context"]!.ToJsonString());
        Assert.Equal("masked", flag["code"]!.Items("extension")[0]!.Text("valueCode"));
        FhirFacadeTests.AssertValid(document);
        FhirFacadeTests.AssertValid(flag);
    }

    [Fact]
    public async Task SummaryTrue_WithInclude_IsTheShortFormOfBoth()
    {
        var bundle = await Client.GetJsonAsync("/fhir/Observation?_id=glu&_include=Observation:performer&_summary=true");

        Assert.Equal(["Observation/glu"], FhirBundleReading.NamesIn(bundle, "match"));
        Assert.Equal(["Practitioner/d1"], FhirBundleReading.NamesIn(bundle, "include"));
        Assert.All(bundle.Items("entry"), e => Assert.Equal("SUBSETTED", e!["resource"]!["meta"]!.Items("tag").Last()!.Text("code")));
        FhirFacadeTests.AssertValid(bundle);
    }

    private static System.Text.Json.JsonSerializerOptions Readable { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private async Task PutAsync(string type, string id, string content)
    {
        var batch = new WriteBatch();
        batch.Add(Collections.Resources.Put(FhirRecord.Of(FhirRecord.Li, type, id, 2, content), 0));
        Assert.IsType<CommitResult.Committed>(await sample.Host.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }
}
