using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir;

namespace Integration.Tests.Api;

public sealed class MappingsApiTests(SampleHost sample) : IClassFixture<SampleHost>
{
    private const string Admission = "MSH|^~\\&|HIS|EAST|||20260316080000||ADT^A08|1|P|2.5.1\rPID|1||P77^^^HIS||王^芳||19800203|F\rZPD|1\r";

    [Fact]
    public async Task Mappings_InUse_NameVersionAndFiles()
    {
        var mappings = await sample.Host.Client.GetJsonAsync("/api/v1/mappings");

        Assert.Matches("^[0-9a-f]{12}$", mappings.Text("version"));
        Assert.Contains("hl7v2/segments/PID-Patient.yaml", mappings["files"]!.AsArray().Select(file => file!.GetValue<string>()));
        Assert.Null(mappings["refused"]);
    }

    [Fact]
    public async Task Reload_NothingChanged_StaysAndIsListed()
    {
        using var response = await sample.Host.Client.PostAsync("/api/v1/mappings/reload", null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task DryRun_Message_ShowsValuesAndChanges()
    {
        var answer = await DryRunAsync("?feed=his&explain=true", Admission);

        var run = Assert.Single(answer["items"]!.AsArray())!;
        Assert.Equal("created", run["record"]!["changes"]![0]!.Text("action"));
        var birthDate = run["resources"]![0]!["values"]!.AsArray().Single(value => value!.Text("path") == "Patient.birthDate")!;
        Assert.Equal(("PID-7", "19800203"), (birthDate["sources"]![0]!.Text("path"), birthDate["sources"]![0]!.Text("text")));
        Assert.Equal("PID-Patient", birthDate["rules"]![0]!.Text("map"));
        Assert.Contains("ZPD-1", run["unread"]!.AsArray().Select(field => field!.GetValue<string>()));
    }

    [Fact]
    public async Task DryRun_File_AnswersEachMessage()
    {
        var answer = await DryRunAsync("?feed=his", Admission + Admission);

        Assert.Equal(2, answer["items"]!.AsArray().Count);
        Assert.Null(answer["items"]![0]!["resources"]![0]!["values"]);
    }

    [Fact]
    public async Task DryRun_FhirNdJson_AnswersEachResourceAndWritesNothing()
    {
        await using var host = await ApiHost.StartAsync(configure: services => services.AddFhirAdapter());
        using var response = await host.Client.PostAsync("/api/v1/mappings/dry-run?feed=his", new ByteArrayContent("""
            {"resourceType":"Patient","id":"a","identifier":[{"system":"urn:x","value":"1"}],"name":[{"text":"王芳"}]}
            {"resourceType":"Patient","id":"b","gender":"F"}
            """u8.ToArray()));

        var items = (await response.JsonAsync(HttpStatusCode.OK))["items"]!.AsArray();
        Assert.Equal(2, items.Count);
        Assert.Equal("created", items[0]!["record"]!["changes"]![0]!.Text("action"));
        Assert.Contains("Patient.gender", items[1]!["issues"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, (await host.Client.GetJsonAsync("/fhir/Patient?_total=accurate"))["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("", Admission)]
    [InlineData("?feed=nobody", Admission)]
    [InlineData("?feed=his", "")]
    public async Task DryRun_FeedOrBodyMissing_Is400(string query, string body)
    {
        using var response = await sample.Host.Client.PostAsync("/api/v1/mappings/dry-run" + query, new ByteArrayContent(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task<JsonNode> DryRunAsync(string query, string body)
    {
        using var response = await sample.Host.Client.PostAsync("/api/v1/mappings/dry-run" + query, new ByteArrayContent(Encoding.UTF8.GetBytes(body)));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
