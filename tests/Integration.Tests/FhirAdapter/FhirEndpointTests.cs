using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Adapters.Fhir;
using Integration.Adapters.Fhir.Endpoint;
using Integration.Adapters.Shared.Web;
using Integration.Core.Intake;
using Integration.Core.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.FhirAdapter;

/// <summary>Push: our own endpoint takes creates, updates, deletes, conditional ones, batches and transactions.</summary>
public sealed class FhirEndpointTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private TestEngine _engine = null!;
    private FhirEndpointAdapter _adapter = null!;

    public async ValueTask InitializeAsync() => _engine = await FhirEngine.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _adapter.StopAsync(CancellationToken.None);
        await _adapter.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Put_Patient_Answers201ThenOk_WithVersions()
    {
        await StartAsync();

        using var created = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"));
        using var updated = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1", "陈晨"));

        Assert.Equal((HttpStatusCode.Created, "/fhir/Patient/p1/_history/1", "W/\"1\""), (created.StatusCode, created.Headers.Location!.ToString(), created.Headers.ETag!.ToString()));
        Assert.Equal((HttpStatusCode.OK, "W/\"2\""), (updated.StatusCode, updated.Headers.ETag!.ToString()));
        Assert.Equal("陈晨", (string?)(await _engine.FindFhirAsync("Patient", "p1"))!.Resource["name"]![0]!["text"]);
    }

    [Fact]
    public async Task Post_GivesAnId_ByWhichItIsUpdatedAndDeleted()
    {
        await StartAsync();

        using var created = await SendAsync(HttpMethod.Post, "Patient", FhirEngine.Patient("ignored", "M1"));
        var id = created.Headers.Location!.ToString().Split('/')[3];
        using var updated = await SendAsync(HttpMethod.Put, $"Patient/{id}", FhirEngine.Patient(id, "M1", "乙"));
        using var deleted = await SendAsync(HttpMethod.Delete, $"Patient/{id}", null);

        Assert.NotEqual("ignored", id);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent), (created.StatusCode, updated.StatusCode, deleted.StatusCode));
        Assert.Empty(await _engine.AllAsync());
    }

    [Fact]
    public async Task Post_SameRequestIdTwice_CreatesOnce()
    {
        await StartAsync();

        using var first = await SendAsync(HttpMethod.Post, "Patient", FhirEngine.Patient("x", "M1"), ("X-Request-Id", "r1"));
        using var second = await SendAsync(HttpMethod.Post, "Patient", FhirEngine.Patient("x", "M1"), ("X-Request-Id", "r1"));

        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Single(await _engine.AllAsync());
    }

    [Fact]
    public async Task ConditionalCreate_OfWhatIsThere_ChangesNothing()
    {
        await StartAsync();
        using var put = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"));

        using var found = await SendAsync(HttpMethod.Post, "Patient", FhirEngine.Patient("x", "M1", "乙"), ("If-None-Exist", "identifier=urn:test:mrn|M1"));
        using var created = await SendAsync(HttpMethod.Post, "Patient", FhirEngine.Patient("x", "M2", "乙"), ("If-None-Exist", "identifier=urn:test:mrn|M2"));
        using var again = await SendAsync(HttpMethod.Post, "Patient", FhirEngine.Patient("x", "M2", "丙"), ("If-None-Exist", "identifier=urn:test:mrn|M2"));

        Assert.Equal((HttpStatusCode.OK, put.Headers.Location), (found.StatusCode, found.Headers.Location));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, again.StatusCode));
        Assert.Equal(2, (await _engine.AllAsync()).Count);
    }

    [Fact]
    public async Task ConditionalUpdate_UpdatesTheOneThatMeetsIt()
    {
        await StartAsync();
        using var put = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"));

        using var updated = await SendAsync(HttpMethod.Put, "Patient?identifier=urn:test:mrn%7CM1", FhirEngine.Patient("x", "M1", "乙"));

        Assert.Equal((HttpStatusCode.OK, "/fhir/Patient/p1/_history/2"), (updated.StatusCode, updated.Headers.Location!.ToString()));
        Assert.Single(await _engine.AllAsync());
    }

    [Fact]
    public async Task IfMatch_OfAnOlderVersion_Answers412()
    {
        await StartAsync();
        using var put = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"));

        using var stale = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1", "乙"), ("If-Match", "W/\"7\""));
        using var right = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1", "乙"), ("If-Match", "W/\"1\""));

        Assert.Equal((HttpStatusCode.PreconditionFailed, HttpStatusCode.OK), (stale.StatusCode, right.StatusCode));
    }

    [Fact]
    public async Task Transaction_AnswersEachEntry_AndIsOneMessage()
    {
        await StartAsync();
        using var put = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"));

        using var response = await SendAsync(HttpMethod.Post, "", $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{{{FhirEngine.Patient("x", "M1")}}},
              "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:test:mrn|M1"}},
             {"resource":{{{FhirEngine.Observation("o1", "urn:uuid:00000000-0000-4000-8000-000000000001")}}},"request":{"method":"PUT","url":"Observation/o1"}},
             {"resource":{"resourceType":"Organization","name":"甲医院"},"request":{"method":"POST","url":"Organization"}}]}
            """);

        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((HttpStatusCode.OK, "transaction-response"), (response.StatusCode, (string?)body["type"]));
        Assert.Equal(["200", "201", "201"], body["entry"]!.AsArray().Select(e => (string?)e!["response"]!["status"]));
        var observation = (await _engine.FindFhirAsync("Observation", "o1"))!;
        Assert.Equal((await _engine.FindFhirAsync("Patient", "p1"))!.Id, (string?)observation.Resource["subject"]!["reference"]);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Transaction_WithOneBadEntry_ChangesNothing()
    {
        await StartAsync();

        using var response = await SendAsync(HttpMethod.Post, "", $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
             {"resource":{{{FhirEngine.Patient("p1", "M1")}}},"request":{"method":"PUT","url":"Patient/p1"}},
             {"resource":{"resourceType":"Observation","id":"o1","status":"final"},"request":{"method":"PUT","url":"Observation/o1"}}]}
            """);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("Bundle.entry[1].resource.code", await response.Content.ReadAsStringAsync());
        Assert.Empty(await _engine.AllAsync());
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Batch_TakesEachEntryByItself()
    {
        await StartAsync();

        using var response = await SendAsync(HttpMethod.Post, "", $$$"""
            {"resourceType":"Bundle","type":"batch","entry":[
             {"resource":{{{FhirEngine.Patient("p1", "M1")}}},"request":{"method":"PUT","url":"Patient/p1"}},
             {"resource":{"resourceType":"Observation","id":"o1","status":"final"},"request":{"method":"PUT","url":"Observation/o1"}},
             {"request":{"method":"GET","url":"Patient/p1"}}]}
            """);

        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(["201", "422", "405"], body["entry"]!.AsArray().Select(e => (string?)e!["response"]!["status"]));
        Assert.All(body["entry"]!.AsArray(), e => Assert.Equal("OperationOutcome", (string?)e!["response"]!["outcome"]!["resourceType"]));
        Assert.Single(await _engine.AllAsync());
    }

    [Fact]
    public async Task Reject_RefusesWithFhirPath_AndKeepsNothing()
    {
        await StartAsync(new() { Validation = FhirValidationPolicy.Reject });

        using var response = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1").Replace("female", "lady", StringComparison.Ordinal));

        var body = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("Patient.gender", (string?)JsonNode.Parse(body)!["issue"]![0]!["expression"]![0]);
        Assert.DoesNotContain("lady", body);
        Assert.Equal(0, await CountAsync());
    }

    [Theory]
    [InlineData("PUT", "Patient/p2", 400)]
    [InlineData("PUT", "Observation/p1", 400)]
    [InlineData("POST", "Hospital", 404)]
    [InlineData("POST", "Patient/p1", 405)]
    [InlineData("PUT", "Patient", 405)]
    [InlineData("PUT", "Patient?name=x", 400)]
    [InlineData("PATCH", "Patient/p1", 405)]
    public async Task WrongRequest_AnswersAnOutcome_AndKeepsNothing(string method, string address, int status)
    {
        await StartAsync();

        using var response = await SendAsync(new HttpMethod(method), address, address == "Hospital" ? "{\"resourceType\":\"Hospital\"}" : FhirEngine.Patient("p1", "M1"));

        Assert.Equal(address == "Hospital" ? 400 : status, (int)response.StatusCode);
        Assert.Equal("OperationOutcome", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["resourceType"]);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Credentials_AreAskedFor()
    {
        await StartAsync(new() { Credentials = new SenderCredentials("secret-of-the-sender", null, null) });

        using var without = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"));
        using var with = await SendAsync(HttpMethod.Put, "Patient/p1", FhirEngine.Patient("p1", "M1"), ("X-Api-Key", "secret-of-the-sender"));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Created), (without.StatusCode, with.StatusCode));
    }

    [Fact]
    public async Task Document_IsOneMessage()
    {
        await StartAsync();

        using var response = await SendAsync(HttpMethod.Post, "Bundle", $$$"""
            {"resourceType":"Bundle","type":"document","identifier":{"system":"urn:doc","value":"d1"},"timestamp":"2026-03-01T08:00:00Z","entry":[
             {"fullUrl":"http://emr.example/fhir/Composition/c1","resource":{"resourceType":"Composition","id":"c1","status":"final","type":{"text":"出院小结"},
              "subject":{"reference":"Patient/p1"},"date":"2026-03-01","author":[{"display":"王"}],"title":"出院小结"} },
             {"fullUrl":"http://emr.example/fhir/Patient/p1","resource":{{{FhirEngine.Patient("p1", "M1")}}}}]}
            """);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((await _engine.FindFhirAsync("Patient", "p1"))!.PatientId, (await _engine.FindFhirAsync("Composition", "c1"))!.PatientId);
    }

    private async Task StartAsync(FhirEndpointOptions? options = null)
    {
        _adapter = new FhirEndpointAdapter(
            "emr", (options ?? new()) with { Listen = new(IPAddress.Loopback, 0), AssigningAuthority = FhirEngine.Authority }, new RunningIntake(_engine),
            _engine.Services.GetRequiredService<SourceResources>(), new IntakeBudget(long.MaxValue), TimeProvider.System, NullLoggerFactory.Instance);
        await _adapter.StartAsync(CancellationToken.None);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{_adapter.LocalEndpoint!.Port}/fhir/{address}"));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/fhir+json"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request);
    }

    private async Task<int> CountAsync() => (await _engine.Journal.SearchAsync(new MessageSearch(Feed: "emr", Limit: 100), CancellationToken.None)).Messages.Count;

    /// <summary>Runs what it takes before it answers, as a quick pipeline does.</summary>
    private sealed class RunningIntake(TestEngine engine) : IMessageIntake
    {
        private readonly SemaphoreSlim _one = new(1);

        public async ValueTask<IntakeResult> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
        {
            var result = await engine.Intake.AcceptAsync(message, cancellationToken);
            await _one.WaitAsync(cancellationToken);
            try
            {
                await engine.RunAsync();
            }
            finally
            {
                _one.Release();
            }

            return result;
        }
    }
}
