using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir;
using Integration.Core.Forms;
using Integration.Core.Intake;
using Integration.Core.Mapping.Versions;
using Integration.Tests.Hl7v2;
using Integration.Tests.Mapping;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Tests.Api;

/// <summary>Forms by the API: which there are, as they were once, and answers to them.</summary>
public sealed class FormsApiTests : IAsyncLifetime
{
    private readonly FakeIntake _intake = new();
    private readonly MappingsCopy _mappings = new();
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(mappingsFolder: _mappings.Folder, configure: services => services.AddFhirAdapter().AddSingleton<IMessageIntake>(_intake));
        await SampleRecord.PutAsync(_host.Store);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _mappings.Dispose();
    }

    [Fact]
    public async Task Forms_AreListed()
    {
        var forms = (await _host.Client.GetFromJsonAsync<JsonNode>("/api/v1/forms"))!["items"]!.AsArray();

        Assert.Equal(["chronic", "discharge", "satisfaction"], forms.Select(form => (string?)form!["name"]));
        Assert.Equal("出院随访问卷", (string?)forms[1]!["titleZh"]);
    }

    [Fact]
    public async Task Answers_ThatFit_AreTakenWithScoreAndAlerts()
    {
        using var response = await _host.Client.PostAsJsonAsync("/api/v1/forms/discharge/responses", new
        {
            patientId = SampleRecord.Patient,
            by = "李明",
            id = "call-1",
            answers = new { recovery = "worse", pain = 7, fever = false, medication = "always" },
        });
        var taken = (await response.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(5m, (decimal)taken["score"]!);
        Assert.Equal(["severe-pain", "high-risk"], taken["alerts"]!.AsArray().Select(alert => (string?)alert!["key"]));
        var sent = Assert.Single(_intake.Messages);
        Assert.Equal(FormResponses.Feed, sent.Feed);
        Assert.Contains("\"id\":\"call-1\"", System.Text.Encoding.UTF8.GetString(sent.Raw.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("discharge", """{"patientId":"nobody","answers":{"recovery":"well","pain":1,"fever":false,"medication":"always"}}""", HttpStatusCode.NotFound, "no patient")]
    [InlineData("nonsense", """{"patientId":"x","answers":{}}""", HttpStatusCode.NotFound, "no form")]
    [InlineData("discharge", """{"answers":{}}""", HttpStatusCode.BadRequest, "patientId")]
    [InlineData("discharge", """{"patientId":"x"}""", HttpStatusCode.BadRequest, "answers")]
    [InlineData("discharge", """{"patientId":"x","answers":{},"id":"a b"}""", HttpStatusCode.BadRequest, "id")]
    [InlineData("discharge", """{"patientId":"x","answers":{"pain":11}}""", HttpStatusCode.UnprocessableEntity, "pain: Answer a number from 0 to 10.")]
    public async Task Answers_ThatCannotBeTaken_AreNotStored(string form, string body, HttpStatusCode status, string expected)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _host.Client.PostAsync($"/api/v1/forms/{form}/responses", content);

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(expected, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(_intake.Messages);
    }

    [Fact]
    public async Task Store_Away_IsSaid()
    {
        _intake.Answer = _ => new IntakeResult.Refused("The store is away.");

        using var response = await _host.Client.PostAsJsonAsync("/api/v1/forms/discharge/responses", new
        {
            patientId = SampleRecord.Patient,
            answers = new { recovery = "well", pain = 1, fever = false, medication = "always" },
        });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task Form_ThatWasEdited_IsThereInBothVersions()
    {
        var reload = _host.App.Services.GetRequiredService<MappingReload>();
        await reload.NumberAsync(CancellationToken.None);
        var file = Path.Combine(_mappings.Folder, "forms", "discharge.json");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"version\": \"1.0.0\"", "\"version\": \"2.0.0\"", StringComparison.Ordinal));
        await reload.ReloadAsync(CancellationToken.None);

        Assert.Equal("2.0.0", await VersionAsync(""));
        Assert.Equal("2.0.0", await VersionAsync("?version=2.0.0"));
        Assert.Equal("1.0.0", await VersionAsync("?version=1.0.0"));
        using var missing = await _host.Client.GetAsync("/api/v1/forms/discharge?version=3");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private async Task<string?> VersionAsync(string query) => (string?)(await _host.Client.GetFromJsonAsync<JsonNode>("/api/v1/forms/discharge" + query))!["version"];
}
