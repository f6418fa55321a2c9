using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Integration.Core.Identity;
using Integration.Core.Records;
using Integration.Core.Storage;

namespace Integration.Tests.Api;

/// <summary>Unmerge over the API: what is asked for, what is answered, and who may.</summary>
public sealed class PatientUnmergeApiTests : IAsyncLifetime
{
    private const string Kept = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Gone = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        var batch = new WriteBatch();
        batch.Add(Collections.Patients.Put(PatientOf(Kept), 0));
        batch.Add(Collections.Patients.Put(PatientOf(Gone) with { MergedInto = Kept }, 0));
        batch.Add(Collections.Identities.Put(IdentityOf("1001", Kept), 0));
        batch.Add(Collections.Identities.Put(IdentityOf("1002", Gone) with { PatientId = Kept, FormerPatientIds = [Gone] }, 0));
        await _host.Store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None);
    }

    [Theory]
    [InlineData(Kept)]
    [InlineData(Gone)]
    public async Task Unmerge_OfAMergedNumber_NamesBothRecordsAndStandsInTheAudit(string id)
    {
        var answer = await PostAsync(_host.Client, id, """{ "identifiers": ["urn:authority:HIS|1002"], "reason": "two people of one name" }""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var view = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal((Kept, Gone, "urn:authority:HIS|1002"), ((string)view["patientId"]!, (string)view["unmergedPatientId"]!, (string)view["identifiers"]![0]!));
        var audit = await _host.Client.GetJsonAsync("/api/v1/audit?target=patients/" + Kept);
        Assert.Equal("patient.unmerge", (string)audit["items"]![0]!["action"]!);
        Assert.Null((await _host.Client.GetJsonAsync("/api/v1/patients/" + Gone))["mergedInto"]);
    }

    [Theory]
    [InlineData(Kept, """{ "identifiers": [], "reason": "x" }""", HttpStatusCode.BadRequest, "identifiers")]
    [InlineData(Kept, """{ "identifiers": ["1002"], "reason": "x" }""", HttpStatusCode.BadRequest, "identifiers")]
    [InlineData(Kept, """{ "identifiers": ["urn:authority:HIS|1002"], "reason": " " }""", HttpStatusCode.BadRequest, "reason")]
    [InlineData("cccc", """{ "identifiers": ["urn:authority:HIS|1002"], "reason": "x" }""", HttpStatusCode.NotFound, "no patient")]
    [InlineData(Kept, """{ "identifiers": ["urn:authority:HIS|9999"], "reason": "x" }""", HttpStatusCode.Conflict, "does not belong")]
    [InlineData(Kept, """{ "identifiers": ["urn:authority:HIS|1001", "urn:authority:HIS|1002"], "reason": "x" }""", HttpStatusCode.Conflict, "never two")]
    public async Task Unmerge_OfWhatCannotBe_SaysWhy(string id, string body, HttpStatusCode status, string says)
    {
        var answer = await PostAsync(_host.Client, id, body);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Unmerge_WithoutAKey_IsRefused()
    {
        var answer = await PostAsync(_host.Anonymous, Kept, """{ "identifiers": ["urn:authority:HIS|1002"], "reason": "x" }""");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(Kept, (string?)(await _host.Client.GetJsonAsync("/api/v1/patients/" + Gone))["mergedInto"]);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string id, string body) =>
        client.PostAsync(new Uri($"/api/v1/patients/{id}/unmerge", UriKind.Relative), JsonContent.Create(JsonNode.Parse(body)));

    private static PatientDocument PatientOf(string id) => new()
    {
        Id = id,
        Demographics = new PatientDemographics(null, null, null, false, [], [], null, null),
        LastEvent = DateTimeOffset.UnixEpoch,
    };

    private static IdentityDocument IdentityOf(string number, string origin) => new()
    {
        Id = $"urn:authority:HIS|{number}",
        Identifier = new PatientIdentifier("urn:authority:HIS", number, "MR"),
        PatientId = origin,
        OriginPatientId = origin,
        LinkedBy = "new",
        LinkedByMessage = "m",
    };
}
