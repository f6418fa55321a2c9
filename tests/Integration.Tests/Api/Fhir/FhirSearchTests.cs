using System.Net;
using System.Text.Json.Nodes;
using Integration.Core.Records.Search;
using Integration.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api.Fhir;

public sealed class FhirSearchTests(FhirHost sample) : IClassFixture<FhirHost>
{
    private HttpClient Client => sample.Host.Client;

    [Theory]
    [InlineData("Patient?identifier=10001", "Patient/p1")]
    [InlineData("Patient?identifier=urn:authority:HIS|10001&name=张", "Patient/p1")]
    [InlineData("Patient?name=张", "Patient/p1")]
    [InlineData("Patient?name=张玘", "Patient/p1")]
    [InlineData("Patient?family:exact=李", "Patient/p2")]
    [InlineData("Patient?name:contains=四", "Patient/p2")]
    [InlineData("Patient?birthdate=1980-05-17", "Patient/p1")]
    [InlineData("Patient?birthdate=lt1980", "Patient/p2")]
    [InlineData("Patient?telecom=13800000001", "Patient/p1")]
    [InlineData("Patient?_tag=urn:segment|vip", "Patient/p1")]
    [InlineData("Patient?_source=urn:integration:feed:lis%23019aa4d07c00700080000000000000a1&gender=male", "Patient/p2")]
    [InlineData("Patient", "Patient/p2 Patient/p1")]
    [InlineData("Patient?_id=p1-old", "Patient/p1-old")]
    [InlineData("Patient?active=false", "Patient/p1-old")]
    [InlineData("Patient?identifier=10099", "")]
    [InlineData("Patient?_id=p1,p2&_sort=birthdate", "Patient/p2 Patient/p1")]
    [InlineData("Patient?_id=p1,p2&_sort=-birthdate", "Patient/p1 Patient/p2")]
    [InlineData("Patient?_sort=gender,name", "Patient/p1 Patient/p2")]
    [InlineData("Observation?patient=p1", "Observation/glu")]
    [InlineData("Observation?patient=Patient/p1-old", "Observation/glu")]
    [InlineData("Observation?subject=Patient/p1&code=http://loinc.org|2345-7", "Observation/glu")]
    [InlineData("Observation?subject=Patient/p1&code=2951-2", "")]
    [InlineData("Observation?patient=" + FhirRecord.Zhang, "Observation/glu")]
    [InlineData("Observation?patient=" + FhirRecord.MergedAway, "Observation/glu")]
    [InlineData("Observation?patient=nobody", "")]
    [InlineData("Observation?code=2345-7", "Observation/glu")]
    [InlineData("Observation?code:text=葡萄", "Observation/glu")]
    [InlineData("Observation?code:not=2951-2", "Observation/glu")]
    [InlineData("Observation?encounter=Encounter/e1", "Observation/glu")]
    [InlineData("Observation?encounter=e1", "Observation/glu")]
    [InlineData("Observation?performer=Practitioner/d1", "Observation/glu")]
    [InlineData("Observation?value-quantity=lt10", "Observation/glu")]
    [InlineData("Observation?code-value-quantity=2345-7$gt7", "Observation/glu")]
    [InlineData("Observation?date=2026-03-16T16:00", "Observation/glu")]
    [InlineData("Observation?_lastUpdated=le2026-03-16T08:01:00Z", "Observation/glu")]
    [InlineData("Observation?patient.name=张", "Observation/glu")]
    [InlineData("Observation?subject:Patient.identifier=10001", "Observation/glu")]
    [InlineData("Observation?encounter.class=IMP", "Observation/glu")]
    [InlineData("Observation?patient.name=nobody", "")]
    [InlineData("Condition?patient=p1", "Condition/c1")]
    [InlineData("Condition?code=urn:icd|I10", "Condition/c1")]
    [InlineData("Encounter?participant=Practitioner/d1", "Encounter/e1")]
    [InlineData("Encounter?service-provider.name=东院", "Encounter/e1")]
    [InlineData("Encounter?date=ge2026-03-18", "Encounter/e1")]
    [InlineData("Encounter?date=2026-03-18", "")]
    [InlineData("Encounter?identifier=V1", "Encounter/e1")]
    [InlineData("Patient?_has:Observation:patient:code=2345-7", "Patient/p1")]
    [InlineData("Patient?_has:Observation:subject:code=none", "")]
    [InlineData("Practitioner?name=王", "Practitioner/d1")]
    [InlineData("Organization?name=东", "Organization/org")]
    [InlineData("Practitioner?_has:Encounter:practitioner:status=finished", "Practitioner/d1")]
    public async Task Search_ByWhatStandsThere_FindsExactlyThat(string query, string expected) =>
        Assert.Equal(expected, string.Join(' ', await Client.FindAsync(query)));

    [Theory]
    [InlineData("Observation?patient=p2&_count=7")]
    [InlineData("Observation?code=2951-2&_count=7")]
    [InlineData("Observation?patient=p2&code=2951-2&_count=7")]
    [InlineData("Observation?status=final,preliminary&patient=p2&_count=10")]
    [InlineData("Observation?_lastUpdated=gt2026-03-16T09:00:00Z&_count=20")]
    [InlineData("Observation?code=2951-2&_sort=-value-quantity&_count=7")]
    [InlineData("Observation?patient=p2&_sort=date&_count=7")]
    [InlineData("Observation?_has:Flag:patient:identifier=x")]
    public async Task Search_PageByPage_GivesEachMatchOnceInOrder(string query)
    {
        var pages = await Client.GetBundlesAsync("/fhir/" + query);
        var all = pages.SelectMany(page => FhirBundleReading.NamesIn(page, "match")).ToList();

        Assert.Equal(query.Contains("_has", StringComparison.Ordinal) ? 0 : FhirRecord.Series, all.Count);
        Assert.Equal(all.Count, all.Distinct().Count());
        if (query.Contains("_sort=-value", StringComparison.Ordinal))
        {
            var values = pages.SelectMany(p => p.Items("entry")).Select(e => e!["resource"]!["valueQuantity"]!["value"]!.GetValue<decimal>()).ToList();
            Assert.Equal(values.OrderDescending(), values);
        }
        else if (all.Count > 0)
        {
            Assert.Equal(query.Contains("_sort=date", StringComparison.Ordinal) ? all.Order(StringComparer.Ordinal) : all.OrderDescending(StringComparer.Ordinal), all);
        }
    }

    [Theory]
    [InlineData("code=2951-2&date=ge2026-03-16T20:00:00Z", 35)]
    [InlineData("code=2951-2&date=lt2026-03-16T20:00:00Z", 10)]
    [InlineData("code=2951-2&date=2026-03-17", 24)]
    [InlineData("code=2951-2&date=sa2026-03-17&date=lt2026-03-18T12:00:00%2B08:00", 12)]
    [InlineData("code=2951-2&date=ne2026-03-17", 21)]
    [InlineData("status=final&date=ge2026-03-16T20:00:00Z&patient=p2", 18)]
    public async Task Search_ByCodeAndDate_FindsAllOfTheStretch(string query, int expected) =>
        Assert.Equal(expected, (await Client.FindAsync($"Observation?{query}&_count=100")).Count);

    [Fact]
    public async Task Search_SortedByChange_IsInThatOrderOverPages()
    {
        var pages = await Client.GetBundlesAsync("/fhir/Observation?_sort=_lastUpdated&_count=9");
        var times = pages.SelectMany(p => p.Items("entry")).Select(e => e!["resource"]!["meta"]!.Text("lastUpdated")).ToList();

        Assert.Equal(FhirRecord.Series + 1, times.Count);
        Assert.Equal(times.Order(StringComparer.Ordinal), times);
        Assert.Equal(times.Skip(11).Reverse(), await Times("/fhir/Observation?_sort=-_lastUpdated&_lastUpdated=ge2026-03-16T20:00:00Z&_count=100"));

        async Task<IEnumerable<string>> Times(string url) => (await Client.GetJsonAsync(url)).Items("entry").Select(e => e!["resource"]!["meta"]!.Text("lastUpdated"));
    }

    [Fact]
    public async Task Search_HalfOfTheMatches_AreFoundOverPages()
    {
        var all = (await Client.GetBundlesAsync("/fhir/Observation?patient=p2&status=final&_count=4")).SelectMany(page => FhirBundleReading.NamesIn(page, "match")).ToList();

        Assert.Equal((FhirRecord.Series + 1) / 2, all.Distinct().Count());
    }

    [Fact]
    public async Task Search_ByForm_IsTheSameAndItsPagesHoldNoValue()
    {
        using var form = new FormUrlEncodedContent([new("patient", "p2"), new("code", "2951-2"), new("_count", "5")]);
        using var response = await Client.PostAsync("/fhir/Observation/_search", form);
        var bundle = await response.JsonAsync(HttpStatusCode.OK);

        var next = bundle.Items("link").Single(link => link!.Text("relation") == "next")!.Text("url");
        Assert.Equal(5, bundle.Items("entry").Count);
        Assert.DoesNotContain("2951", next, StringComparison.Ordinal);
        Assert.Equal(5, (await Client.GetJsonAsync(next)).Items("entry").Count);
    }

    [Fact]
    public async Task Search_TotalCountAndSummary_CountAllMatches()
    {
        Assert.Null((await Client.GetJsonAsync("/fhir/Observation?patient=p2&_count=5"))["total"]);
        Assert.Equal(FhirRecord.Series, (await Client.GetJsonAsync("/fhir/Observation?patient=p2&_count=5&_total=accurate"))["total"]!.GetValue<int>());
        var count = await Client.GetJsonAsync("/fhir/Observation?code=2951-2&_summary=count");
        Assert.Equal(FhirRecord.Series, count["total"]!.GetValue<int>());
        Assert.Null(count["entry"]);
        Assert.Equal(1, (await Client.GetJsonAsync("/fhir/Observation?patient=p1"))["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Search_Elements_GivesThoseAndWhatValidityNeeds()
    {
        var bundle = await Client.GetJsonAsync("/fhir/Observation?_id=glu&_elements=value,effective");
        var resource = bundle.Items("entry")[0]!["resource"]!.AsObject();

        Assert.Equal(["resourceType", "id", "meta", "status", "code", "effectiveDateTime", "valueQuantity"], resource.Select(p => p.Key));
        Assert.Equal("SUBSETTED", resource["meta"]!.Items("tag").Last()!.Text("code"));
        FhirFacadeTests.AssertValid(bundle);
    }

    [Theory]
    [InlineData("Observation?_id=glu&_include=Observation:patient", "Patient/p1")]
    [InlineData("Observation?_id=glu&_include=Observation:encounter&_include=Observation:performer", "Encounter/e1 Practitioner/d1")]
    [InlineData("Observation?_id=glu&_include=*", "Encounter/e1 Patient/p1 Practitioner/d1")]
    [InlineData("Observation?_id=glu&_include=Observation:encounter&_include:iterate=Encounter:service-provider", "Encounter/e1 Organization/org")]
    [InlineData("Observation?_id=glu&_include=Observation:subject:Group", "")]
    [InlineData("Encounter?_id=e1&_revinclude=Observation:encounter&_revinclude=Condition:encounter", "Condition/c1 Observation/glu")]
    [InlineData("Practitioner?_id=d1&_revinclude=Encounter:practitioner", "Encounter/e1")]
    public async Task Search_Include_BringsWhatBelongsToTheMatches(string query, string expected)
    {
        var bundle = await Client.GetJsonAsync("/fhir/" + query);

        Assert.Equal(expected, string.Join(' ', FhirBundleReading.NamesIn(bundle, "include").Order(StringComparer.Ordinal)));
        Assert.Single(FhirBundleReading.NamesIn(bundle, "match"));
        FhirFacadeTests.AssertValid(bundle);
    }

    [Fact]
    public async Task Search_UnknownParameter_IsRefusedOrLeftOutAsTheCallerWishes()
    {
        using var lenient = new HttpRequestMessage(HttpMethod.Get, "/fhir/Patient?nmae=x&_id=p1");
        lenient.Headers.Add("Prefer", "handling=lenient");
        using var response = await Client.SendAsync(lenient);
        var bundle = await response.JsonAsync(HttpStatusCode.OK);

        Assert.Equal(["Patient/p1"], FhirBundleReading.NamesIn(bundle, "match"));
        var note = bundle.Items("entry").Single(e => e!["search"]!.Text("mode") == "outcome")!["resource"]!.Items("issue")[0]!;
        Assert.Contains("nmae", note["details"]!.Text("text"), StringComparison.Ordinal);
        FhirFacadeTests.AssertValid(bundle);
    }

    [Fact]
    public async Task Search_WhateverIsLookedFor_NothingOfItIsLogged()
    {
        await Client.FindAsync("Patient?name=张玘&telecom=13800000001");
        using var bad = await Client.GetAsync("/fhir/Patient?birthdate=13800000001&name=张玘");

        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.DoesNotContain("13800000001", await bad.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(sample.Host.Logs.Lines, line => line.Text.Contains("13800000001", StringComparison.Ordinal) || line.Text.Contains("张玘", StringComparison.Ordinal));
    }
}

/// <summary>The search index while the record changes. Each test has a record of its own.</summary>
public sealed class SearchIndexTests
{
    [Fact]
    public async Task Search_AfterAChange_FindsTheResourceByItsNewValueOnly()
    {
        await using var host = await StartAsync();
        Assert.Equal(["Observation/glu"], await host.Client.FindAsync("Observation?code=2345-7"));

        var changed = FhirRecord.Glucose(4, "5.00") with { Resource = JsonNode.Parse(FhirRecord.Glucose(4, "5.00").Resource.ToJsonString().Replace("2345-7", "99-9", StringComparison.Ordinal))!.AsObject() };
        await PutAsync(host.Store, changed);

        Assert.Equal(["Observation/glu"], await host.Client.FindAsync("Observation?code=99-9"));
        Assert.Empty(await host.Client.FindAsync("Observation?code=2345-7"));
    }

    [Fact]
    public async Task Search_WhileTheRecordGrows_PagesNeitherSkipNorRepeat()
    {
        await using var host = await StartAsync();
        var first = await host.Client.GetJsonAsync("/fhir/Observation?code=2951-2&_count=10");

        await PutAsync(host.Store, FhirRecord.Of(FhirRecord.Li, "Observation", "newest", 100, """{"status":"final","code":{"coding":[{"code":"2951-2"}]}}"""));
        var rest = await host.Client.GetBundlesAsync(first.Items("link").Single(link => link!.Text("relation") == "next")!.Text("url"));

        var all = FhirBundleReading.NamesIn(first, "match").Concat(rest.SelectMany(page => FhirBundleReading.NamesIn(page, "match"))).ToList();
        Assert.Equal(FhirRecord.Series, all.Count);
        Assert.Equal(all.OrderDescending(StringComparer.Ordinal), all);
    }

    [Fact]
    public async Task CatchUp_OtherDefinition_ReadsEveryResourceAgainAndSaysHowFarItIs()
    {
        await using var host = await StartAsync();
        var index = host.App.Services.GetRequiredService<SearchIndexer>();
        Assert.Null(await index.CatchUpAsync(TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(0, (await index.StatusAsync(CancellationToken.None)).Behind);

        // As a version that indexed something else would have left it.
        var stored = (await host.Store.GetAsync(Collections.SearchProgress, "resources", withPayload: false, CancellationToken.None))!;
        var batch = new WriteBatch();
        batch.Add(Collections.SearchProgress.Put(Collections.SearchProgress.Read(stored) with { Definition = "other" }, null));
        batch.Add(Collections.SearchEntries.Put(new SearchEntry("Observation/glu", "Observation", FhirRecord.Start, FhirRecord.Start, []), null));
        await host.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);

        var before = await index.StatusAsync(CancellationToken.None);
        Assert.True(before.IsRebuilding);
        Assert.Equal(await host.Store.CountAsync(Collections.Resources, [], 1000, CancellationToken.None), before.Behind);
        Assert.Equal(["Observation/glu"], await host.Client.FindAsync("Observation?code=2345-7"));
        Assert.Equal(new SearchIndexStatus(0, false), await index.StatusAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Search_TimesWithoutEndOrStart_AreFoundWithinTheirStretch()
    {
        await using var host = await StartAsync();
        await PutAsync(host.Store,
            FhirRecord.Of(FhirRecord.Zhang, "Encounter", "open", 1, """{"status":"in-progress","class":{"code":"EMER"},"period":{"start":"2026-01-01"}}"""),
            FhirRecord.Of(FhirRecord.Zhang, "Encounter", "ended", 90, """{"status":"finished","class":{"code":"EMER"},"period":{"end":"2026-02-01"}}"""),
            FhirRecord.Of(FhirRecord.Zhang, "Encounter", "short", 2, """{"status":"finished","class":{"code":"EMER"},"period":{"start":"2026-02-10","end":"2026-02-11"}}"""));

        Assert.Equal(["Encounter/open"], await host.Client.FindAsync("Encounter?class=EMER&date=ge2026-05"));
        Assert.Equal(["Encounter/ended"], await host.Client.FindAsync("Encounter?class=EMER&date=lt2026-01"));
        Assert.Equal(["Encounter/short"], await host.Client.FindAsync("Encounter?class=EMER&date=2026-02"));
        Assert.Equal(["Encounter/short", "Encounter/open"], await host.Client.FindAsync("Encounter?class=EMER&date=gt2026-02-10"));
    }

    [Fact]
    public async Task Search_IndexThatIsBehind_SaysSo()
    {
        await using var host = await StartAsync();
        for (var chunk = 0; chunk < 3; chunk++)
        {
            await PutAsync(host.Store, [.. Enumerable.Range(chunk * 1000, 1000).Select(i => FhirRecord.Of(FhirRecord.Li, "Flag", $"f-{i}", i, """{"status":"active","code":{"text":"x"},"subject":{"reference":"Patient/p2"}}"""))]);
        }

        var status = await host.App.Services.GetRequiredService<SearchIndexer>().CatchUpAsync(TimeSpan.Zero, CancellationToken.None);

        Assert.NotNull(status);
        Assert.InRange(status.Behind, 2000, 3100);
        Assert.Null(await host.App.Services.GetRequiredService<SearchIndexer>().CatchUpAsync(TimeSpan.FromMinutes(1), CancellationToken.None));
    }

    private static async Task<ApiHost> StartAsync()
    {
        var host = await ApiHost.StartAsync();
        await FhirRecord.PutAsync(host.Store);
        return host;
    }

    private static async Task PutAsync(IDocumentStore store, params IReadOnlyList<Integration.Core.Records.ResourceDocument> resources)
    {
        var batch = new WriteBatch();
        foreach (var resource in resources)
        {
            batch.Add(Collections.Resources.Put(resource, null));
        }

        Assert.IsType<CommitResult.Committed>(await store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None));
    }
}
