using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Fhir;
using Integration.SystemTests.Peers;
using Integration.SystemTests.Storage;

namespace Integration.SystemTests.Fhir;

/// <summary>Clients written by others read the facade of an engine that played the hospital day.</summary>
public sealed class FhirFacadePeerTests
{
    [Fact]
    public async Task Facade_ReadByOtherClients_GivesTheWholeRecordAndAllOfItIsValid()
    {
        Peer.RequireNode("fhir-kit-client");
        Peer.RequireNode(Path.Combine("@medplum", "core"));
        var cancellationToken = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        await using var engine = await HospitalDay.PlayAsync(EngineStorage.Sqlite, folder.Path, cancellationToken);
        await FacadeReaders.AssertReadAsync(engine, cancellationToken);
    }
}

/// <summary>The same on MongoDB.</summary>
[Collection(MongoDayCollection.Name)]
public sealed class FhirFacadeOnMongoTests(MongoDay day)
{
    [Fact]
    public async Task Facade_OnMongoReadByOtherClients_GivesTheWholeRecordAndAllOfItIsValid()
    {
        Peer.RequireNode("fhir-kit-client");
        Peer.RequireNode(Path.Combine("@medplum", "core"));
        var cancellationToken = TestContext.Current.CancellationToken;
        await FacadeReaders.AssertReadAsync(await day.PlayedAsync(cancellationToken), cancellationToken);
    }
}

/// <summary>fhir-kit-client and @medplum/core on an engine that played the hospital day.</summary>
internal static class FacadeReaders
{
    private const string Family = "孙";

    public static async Task AssertReadAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var address = engine.Api.BaseAddress!.ToString().TrimEnd('/');

        await using var kit = Peer.StartNode("node-fhir-kit-read.cjs", address + "/fhir", EngineProcess.ApiKey, Family);
        var byKit = JsonNode.Parse(await kit.ReadLineAsync(cancellationToken))!.AsObject();
        await using var medplum = Peer.StartNode("node-medplum-read.cjs", address, EngineProcess.ApiKey, Family);
        var byMedplum = JsonNode.Parse(await medplum.ReadLineAsync(cancellationToken))!.AsObject();

        // Every resource of every patient is found by a search for its type, but for patients that were replaced.
        var record = await RecordAsync(engine, cancellationToken);
        var read = byKit["resources"]!.AsObject();
        Assert.Empty(record.Where(r => !read.ContainsKey(r.Key) && !(r.Value["active"]?.ToJsonString() == "false" && r.Value["link"] is not null)).Select(r => r.Key));
        Assert.Equal([], read.SelectMany(r => Errors(r.Key, r.Value!)));

        Assert.All(byKit["found"]!.AsArray(), name => Assert.Equal(Family, (string?)name));
        Assert.True((bool)byKit["same"]!);
        Assert.True((int)byKit["versions"]! >= 1);
        Assert.True((int)byKit["everything"]! > 1);
        Assert.Equal(404, (int)byKit["status"]!);

        Assert.Equal(Family, (string?)byMedplum["family"]);
        var observations = byMedplum["observations"]!.AsArray().Select(id => (string)id!).ToList();
        Assert.NotEmpty(observations);
        Assert.Equal(observations.Count, observations.Distinct().Count());
        Assert.Empty(observations.Except(byMedplum["chained"]!.AsArray().Select(id => (string)id!)));
        Assert.Equal(["match", "include"], byMedplum["modes"]!.AsArray().Select(mode => (string)mode!));
        Assert.Equal("not-found", (string?)byMedplum["missing"]);
    }

    private static async Task<Dictionary<string, JsonNode>> RecordAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var patient in await engine.GetAllAsync("/api/v1/patients?limit=200", cancellationToken))
        {
            foreach (var resource in await engine.GetAllAsync($"/api/v1/patients/{patient["id"]}/resources?limit=500", cancellationToken))
            {
                all[(string)resource["reference"]!] = resource["resource"]!;
            }
        }

        Assert.True(all.Count > 300);
        return all;
    }

    private static IEnumerable<string> Errors(string reference, JsonNode resource)
    {
        using var json = JsonDocument.Parse(resource.ToJsonString());
        return [.. FhirValidator.Validate(json.RootElement).Where(i => i.Severity == FhirIssueSeverity.Error).Select(i => $"{reference} {i.Expression} {i.Text}")];
    }
}
