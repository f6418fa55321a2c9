using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Settings;
using Integration.Core.Storage;
using Integration.Host.Fhir.Export;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api.Fhir;

/// <summary><c>$export</c> of the facade: FHIR Bulk Data Access v2.</summary>
public sealed class FhirExportTests(FhirHost sample) : IClassFixture<FhirHost>
{
    private HttpClient Client => sample.Host.Client;

    [Fact]
    public async Task Export_OfEverything_GivesEachResourceOnceAsTheFacadeReadsIt()
    {
        var stored = new List<string>();
        var all = new DocumentQuery(Collections.Resources) { Limit = 500 };
        await foreach (var document in sample.Host.Store.ReadAllAsync(all, CancellationToken.None))
        {
            stored.Add(document.Id);
        }

        var manifest = await ExportAsync("/fhir/$export?_outputFormat=ndjson");

        var resources = await Client.ResourcesAsync(manifest);
        Assert.Equal(stored.Order(StringComparer.Ordinal), FhirExports.References(resources));
        Assert.All(resources, FhirFacadeTests.AssertValid);
        var glucose = resources.Single(r => r.Text("id") == "glu");
        Assert.True(JsonNode.DeepEquals(await Client.GetJsonAsync("/fhir/Observation/glu"), glucose));
        Assert.True(manifest["requiresAccessToken"]!.GetValue<bool>());
        Assert.EndsWith("/fhir/$export?_outputFormat=ndjson", manifest.Text("request"), StringComparison.Ordinal);
        Assert.Empty(manifest.Items("error"));
        Assert.Empty(manifest.Items("deleted"));
        Assert.True(DateTimeOffset.Parse(manifest.Text("transactionTime"), System.Globalization.CultureInfo.InvariantCulture) < DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData("/fhir/$export?_type=Patient,Practitioner", "Patient/p1 Patient/p1-old Patient/p2 Practitioner/d1")]
    [InlineData("/fhir/$export?_type=Practitioner&_type=Patient", "Patient/p1 Patient/p1-old Patient/p2 Practitioner/d1")]
    [InlineData("/fhir/$export?_type=Medication", "")]
    [InlineData("/fhir/Patient/$export?_type=Patient,Practitioner,Condition", "Condition/c1 Patient/p1 Patient/p1-old Patient/p2")]
    [InlineData("/fhir/Patient/$export?_since=2026-03-18T05:01:00Z", "Observation/n-43 Observation/n-44")]
    [InlineData("/fhir/Group/g1/$export?_type=Patient,Condition", "Patient/p2")]
    public async Task Export_OfAPart_GivesThatPart(string url, string expected)
    {
        var resources = await Client.ResourcesAsync(await ExportAsync(url));

        Assert.Equal(expected, string.Join(' ', FhirExports.References(resources)));
    }

    [Fact]
    public async Task Export_PostedParameters_AreThoseOfTheAddress()
    {
        using var parameters = new StringContent(
            """{"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Patient"},{"name":"_since","valueInstant":"2026-03-16T01:00:30Z"}]}""",
            Encoding.UTF8, "application/fhir+json");

        var status = await Client.StartExportAsync("/fhir/$export", parameters);

        var manifest = await Client.ManifestAsync(status);
        Assert.Equal(["Patient/p2"], FhirExports.References(await Client.ResourcesAsync(manifest)));
        await Client.DeleteAsync(status);
    }

    [Fact]
    public async Task Export_OfChanges_NamesWhatWasDeleted()
    {
        var everything = await ExportAsync("/fhir/$export?_since=2026-03-16T09:00:00Z&_type=Flag,Location");
        var ofPatients = await ExportAsync("/fhir/Patient/$export?_since=2026-03-16T09:00:00Z&_type=Flag,Location");
        var later = await ExportAsync("/fhir/$export?_since=2026-03-16T11:00:00Z&_type=Flag,Location");

        Assert.Equal(["Flag/gone", "Location/never"], await DeletedAsync(everything));
        Assert.Equal(["Flag/gone"], await DeletedAsync(ofPatients));
        Assert.Empty(later.Items("deleted"));
    }

    [Fact]
    public async Task Download_FromAByteOn_GivesTheRest()
    {
        var manifest = await ExportAsync("/fhir/$export?_type=Patient");
        var url = manifest.Items("output")[0]!.Text("url");
        var whole = await Client.GetByteArrayAsync(url);

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Range = new RangeHeaderValue(100, null);
        using var response = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(whole[100..], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Delete_RemovesTheExportAndItsFiles()
    {
        var status = await Client.StartExportAsync("/fhir/$export?_type=Patient");
        var file = (await Client.ManifestAsync(status)).Items("output")[0]!.Text("url");

        using var deleted = await Client.DeleteAsync(status);
        using var again = await Client.DeleteAsync(status);
        using var download = await Client.GetAsync(file);

        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Equal("not-found", (await Client.GetJsonAsync(status, HttpStatusCode.NotFound)).Items("issue")[0]!.Text("code"));
        Assert.Equal(HttpStatusCode.NotFound, download.StatusCode);
    }

    [Theory]
    [InlineData("/fhir/$export", "handling=strict", 400)]
    [InlineData("/fhir/$export?_type=Patients", "respond-async", 400)]
    [InlineData("/fhir/$export?_since=yesterday", "respond-async", 400)]
    [InlineData("/fhir/$export?_outputFormat=text/csv", "respond-async", 400)]
    [InlineData("/fhir/$export?_typeFilter=Patient?x", "respond-async", 400)]
    [InlineData("/fhir/Group/none/$export", "respond-async", 404)]
    public async Task KickOff_ThatCannotBeServed_SaysWhy(string url, string prefer, int status)
    {
        using var response = await Client.KickOffAsync(url, parameters: null, prefer);

        Assert.Equal("OperationOutcome", (await response.JsonAsync((HttpStatusCode)status)).Text("resourceType"));
    }

    [Fact]
    public async Task KickOff_UnknownParameterOfALenientClient_IsLeftOut()
    {
        using var response = await Client.KickOffAsync("/fhir/$export?_type=Patient&_typeFilter=x", parameters: null, "respond-async, handling=lenient");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await Client.DeleteAsync(response.Content.Headers.ContentLocation);
    }

    [Fact]
    public async Task Export_WithoutKey_IsRefusedAndWithOneStandsInTheAudit()
    {
        using var kickOff = await sample.Host.Anonymous.KickOffAsync("/fhir/$export");
        var status = await Client.StartExportAsync("/fhir/Patient/$export?_type=Patient");
        using var look = await sample.Host.Anonymous.GetAsync(status);
        var audit = await Client.GetJsonAsync($"/api/v1/audit?target={status.Split('/')[^1]}");

        Assert.Equal(HttpStatusCode.Unauthorized, kickOff.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, look.StatusCode);
        var entry = Assert.Single(audit.Items());
        Assert.Equal(("tests", "record.export", "all patients: Patient"), (entry!.Text("actor"), entry!.Text("action"), entry!.Text("reason")));
        await Client.DeleteAsync(status);
    }

    [Fact]
    public async Task KickOff_WhenAsManyAreKept_IsToComeAgain()
    {
        await using var host = await ApiHost.StartAsync(configure: services => services.AddSingleton(new ExportOptions { MaxJobs = 1 }));
        var first = await host.Client.StartExportAsync("/fhir/$export");

        using var second = await host.Client.KickOffAsync("/fhir/$export");
        await host.Client.DeleteAsync(first);
        using var third = await host.Client.KickOffAsync("/fhir/$export");

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.Accepted, third.StatusCode);
    }

    [Fact]
    public async Task Restart_BeginsAgainWhatWasUndone_AndRemovesWhatIsTooOld()
    {
        var data = Directory.CreateTempSubdirectory("integration-export-");
        var folder = new ExportFolder(Path.Combine(data.FullName, "exports"));
        var (undone, old) = (new string('a', 32), new string('b', 32));
        folder.Save(new ExportJob { Id = undone, Request = "x", Asked = DateTimeOffset.UtcNow, State = ExportState.Running });
        File.WriteAllText(folder.PathOf(undone, "Patient.ndjson"), "{\"resourceType\":\"Pat");
        folder.Save(new ExportJob { Id = old, Request = "x", Asked = default, State = ExportState.Failed, Problem = "x", Ended = DateTimeOffset.UtcNow.AddDays(-2) });

        await using (var host = await ApiHost.StartAsync(data.FullName))
        {
            var manifest = await host.Client.ManifestAsync($"/fhir/$export/{undone}");

            Assert.Empty(manifest.Items("output"));   // the record of this host is empty
            Assert.False(File.Exists(folder.PathOf(undone, "Patient.ndjson")));
            await host.App.Services.GetRequiredService<ExportJobs>().PruneAsync();   // as the job does every minute

            Assert.Equal("not-found", (await host.Client.GetJsonAsync($"/fhir/$export/{old}", HttpStatusCode.NotFound)).Items("issue")[0]!.Text("code"));
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public void Settings_ThatCannotBe_AreNamed()
    {
        var settings = new SettingsReader(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Export:KeepFor", "7"), new("Export:MaxJobs", "0"), new("Export:Keep", "x")]).Build().GetSection("Export"));

        ExportOptions.Read(settings);

        Assert.Equal(["Export:Keep", "Export:KeepFor", "Export:MaxJobs"], settings.Problems.Select(p => p.Place));
    }

    private async Task<JsonObject> ExportAsync(string url) => await Client.ManifestAsync(await Client.StartExportAsync(url));

    private async Task<IEnumerable<string>> DeletedAsync(JsonObject manifest)
    {
        var bundles = new List<JsonObject>();
        foreach (var file in manifest.Items("deleted"))
        {
            bundles.AddRange(await Client.LinesAsync(file!));
        }

        Assert.All(bundles, FhirFacadeTests.AssertValid);
        Assert.All(bundles, bundle => Assert.Equal("transaction", bundle.Text("type")));
        return bundles.SelectMany(b => b.Items("entry")).Select(e => e!["request"]!.Text("url")).Order(StringComparer.Ordinal);
    }
}
