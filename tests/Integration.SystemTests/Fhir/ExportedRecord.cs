using System.Net;
using System.Text.Json.Nodes;
using Integration.Core.Records;

namespace Integration.SystemTests.Fhir;

/// <summary>The record of an engine as its <c>$export</c> gives it, in a form that two engines have in common.</summary>
internal static class ExportedRecord
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Every resource as JSON, by <c>Type/id</c>, without what each engine counts by itself.</summary>
    /// <param name="authority">Null: as it is; else with the ids that an engine gives to resources of this source.</param>
    public static async Task<SortedDictionary<string, string>> ReadAsync(EngineProcess engine, string? authority, CancellationToken cancellationToken)
    {
        var record = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var status = await KickOffAsync(engine, cancellationToken);
        foreach (var file in (await ManifestAsync(engine, status, cancellationToken))["output"]!.AsArray())
        {
            var text = await engine.Api.GetStringAsync((string)file!["url"]!, cancellationToken);
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var resource = JsonNode.Parse(line)!;
                Rename(resource, authority);
                record[$"{resource["resourceType"]}/{resource["id"]}"] = resource.ToJsonString();
            }
        }

        using var deleted = await engine.Api.DeleteAsync(status, cancellationToken);
        return record;
    }

    private static async Task<Uri> KickOffAsync(EngineProcess engine, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/fhir/$export");
        request.Headers.Add("Prefer", "respond-async");
        using var response = await engine.Api.SendAsync(request, cancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return response.Content.Headers.ContentLocation!;
    }

    private static async Task<JsonNode> ManifestAsync(EngineProcess engine, Uri status, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var response = await engine.Api.GetAsync(status, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            }

            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            await Task.Delay(Look, cancellationToken);
        }
    }

    private static void Rename(JsonNode resource, string? authority)
    {
        var meta = resource["meta"]!.AsObject();
        meta.Remove("versionId");
        meta.Remove("lastUpdated");
        if (authority is not null)
        {
            resource["id"] = KeyOf(authority, $"{resource["resourceType"]}/{resource["id"]}").Split('/')[1];
            RenameReferences(resource, authority);
        }
    }

    private static void RenameReferences(JsonNode? node, string authority)
    {
        if (node is JsonObject json)
        {
            if ((json["reference"] as JsonValue)?.TryGetValue<string>(out var reference) == true && reference.Split('/').Length == 2)
            {
                json["reference"] = KeyOf(authority, reference);
            }

            foreach (var (_, child) in json)
            {
                RenameReferences(child, authority);
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var child in array)
            {
                RenameReferences(child, authority);
            }
        }
    }

    private static string KeyOf(string authority, string reference) => SourceResources.KeyOf(authority, reference.Split('/')[0], reference.Split('/')[1]);
}
