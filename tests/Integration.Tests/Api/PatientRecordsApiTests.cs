using System.Net;

namespace Integration.Tests.Api;

public sealed class PatientRecordsApiTests(SampleHost sample) : IClassFixture<SampleHost>
{
    private const string Patients = "/api/v1/patients";

    private HttpClient Client => sample.Host.Client;

    [Theory]
    [InlineData("name=张")]
    [InlineData("name=张 玘")]
    [InlineData("name=ZQ")]
    [InlineData("identifier=10001")]
    [InlineData("identifier=urn:authority:HIS|10001")]
    [InlineData("phone=138 0000 0001&name=zq")]
    [InlineData("phone=0001&identifier=10001")]
    public async Task Search_ByOneOfHerKeys_FindsHerAlone(string query)
    {
        var page = await Client.GetJsonAsync($"{Patients}?{query}");

        var found = Assert.Single(page.Items())!;
        Assert.Equal(SampleRecord.Patient, found.Text("id"));
        Assert.Equal("张玘", found.Text("name"));
        Assert.Equal("2026-11-21T10:00:00Z", found.Text("lastEvent"));
        Assert.Null(page["next"]);
    }

    [Fact]
    public async Task Search_PageByPage_ListsEveryStandingRecordOnceNewestFirst()
    {
        var all = await Client.GetAllPagesAsync($"{Patients}?limit=7");

        Assert.Equal(26, all.Count);
        Assert.Equal(26, all.Select(p => p.Text("id")).Distinct().Count());
        Assert.Equal(all.Select(p => p.Text("lastEvent")).OrderDescending(StringComparer.Ordinal), all.Select(p => p.Text("lastEvent")));
    }

    [Fact]
    public async Task Get_Summary_HasSectionsAndNoSearchKeys()
    {
        var patient = await Client.GetJsonAsync($"{Patients}/{SampleRecord.Patient}");

        Assert.Null(patient["mergedInto"]);
        Assert.Equal("female", patient["demographics"]!.Text("gender"));
        var section = Assert.Single(patient.Items("sections"))!;
        Assert.Equal("results", section.Text("name"));
        Assert.Equal("H", section.Items("latest")[0]!.Text("flag"));
        Assert.Equal(3, patient["resourceCounts"]!["Observation"]!.GetValue<int>());
        Assert.DoesNotContain(patient, property => property.Key.EndsWith("Keys", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_RecordMergedAwayTwice_NamesTheSurvivorAtTheEnd()
    {
        var patient = await Client.GetJsonAsync($"{Patients}/{SampleRecord.MergedAway}");

        Assert.Equal(SampleRecord.MergedAway, patient.Text("id"));
        Assert.Equal(SampleRecord.Patient, patient.Text("mergedInto"));
    }

    [Theory]
    [InlineData(SampleRecord.Patient)]
    [InlineData(SampleRecord.MergedAway)]
    public async Task Timeline_OfEitherId_IsTheSurvivorsNewestFirst(string id)
    {
        var first = await Client.GetJsonAsync($"{Patients}/{id}/timeline?limit=2");
        var all = await Client.GetAllPagesAsync($"{Patients}/{id}/timeline?limit=2");

        Assert.Equal(SampleRecord.Patient, first.Text("patientId"));
        Assert.Equal([$"Observation/{SampleRecord.Glucose}", "Observation/k-1", "Observation/na-1", "Encounter/v-1"], all.Select(e => e.Text("reference")));
        Assert.Equal("葡萄糖", all[0].Text("title"));
        Assert.Equal(SampleRecord.Message, all[0].Text("messageId"));
    }

    [Fact]
    public async Task Resources_OfOneType_CarryFhirAndOrigin()
    {
        var all = await Client.GetAllPagesAsync($"{Patients}/{SampleRecord.Patient}/resources?type=Observation&limit=1");

        Assert.Equal(3, all.Count);
        Assert.All(all, resource => Assert.Equal("Observation", resource.Text("type")));
        Assert.Equal(3, all[0]["version"]!.GetValue<int>());
        Assert.Equal("lis", all[0]["provenance"]!.Text("feed"));
        Assert.Equal("OBX[1]", all[0]["provenance"]!.Text("source"));
        Assert.Equal("Observation", all[0]["resource"]!.Text("resourceType"));
    }

    [Fact]
    public async Task Resources_OfAllTypes_IncludeThePatient()
    {
        var all = await Client.GetAllPagesAsync($"{Patients}/{SampleRecord.Patient}/resources?limit=500");

        Assert.Equal(["Encounter", "Observation", "Patient"], all.Select(r => r.Text("type")).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Resource_AsSent_KeepsChineseAndTheDigitsOfNumbers()
    {
        var text = await Client.GetStringAsync($"{Patients}/{SampleRecord.Patient}/resources/Observation/{SampleRecord.Glucose}");

        Assert.Contains("\"value\":7.80", text, StringComparison.Ordinal);
        Assert.Contains("葡萄糖", text, StringComparison.Ordinal);
        Assert.Contains("<复查> & '核对'", text, StringComparison.Ordinal);
        Assert.Contains("\"effective\":\"2026-11-21T08:00:00Z\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_OfAResource_BeginsWithTheCurrentVersion()
    {
        var history = await Client.GetJsonAsync($"{Patients}/{SampleRecord.MergedAway}/resources/Observation/{SampleRecord.Glucose}/history");

        Assert.Equal(SampleRecord.Patient, history.Text("patientId"));
        Assert.Equal([3, 2, 1], history.Items("versions").Select(v => v!["version"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("nobody/timeline")]
    [InlineData("nobody/resources")]
    [InlineData("nobody/resources/Observation/" + SampleRecord.Glucose)]
    [InlineData(SampleRecord.Patient + "/resources/Observation/unknown")]
    [InlineData(SampleRecord.Patient + "/resources/Encounter/other")]
    [InlineData(SampleRecord.Patient + "/resources/Encounter/other/history")]
    public async Task Get_UnknownIdOrAnotherPatientsResource_IsNotFound(string path)
    {
        var problem = await Client.GetJsonAsync($"{Patients}/{path}", HttpStatusCode.NotFound);

        Assert.Equal("urn:integration:problem:not-found", problem.Text("type"));
    }
}
