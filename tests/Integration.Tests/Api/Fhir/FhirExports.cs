using System.Net;
using System.Text.Json.Nodes;

namespace Integration.Tests.Api.Fhir;

/// <summary>Asks for exports as a client of Bulk Data Access does.</summary>
internal static class FhirExports
{
    private const int MostLooks = 500;

    public static async Task<HttpResponseMessage> KickOffAsync(this HttpClient client, string url, HttpContent? parameters = null, string prefer = "respond-async")
    {
        using var request = new HttpRequestMessage(parameters is null ? HttpMethod.Get : HttpMethod.Post, url) { Content = parameters };
        request.Headers.Accept.ParseAdd("application/fhir+json");
        request.Headers.Add("Prefer", prefer);
        return await client.SendAsync(request);
    }

    /// <summary>The address of the status.</summary>
    public static async Task<string> StartExportAsync(this HttpClient client, string url, HttpContent? parameters = null)
    {
        using var response = await client.KickOffAsync(url, parameters);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return response.Content.Headers.ContentLocation!.AbsoluteUri;
    }

    /// <summary>The manifest, once it is there.</summary>
    public static async Task<JsonObject> ManifestAsync(this HttpClient client, string status)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            using var response = await client.GetAsync(status);
            if (response.StatusCode != HttpStatusCode.Accepted)
            {
                return await response.JsonAsync(HttpStatusCode.OK);
            }

            Assert.NotNull(response.Headers.RetryAfter!.Delta);
            Assert.NotEmpty(response.Headers.GetValues("X-Progress"));
            await Task.Delay(20);
        }

        throw new TimeoutException("The export does not end.");
    }

    public static async Task<List<JsonObject>> LinesAsync(this HttpClient client, JsonNode file)
    {
        using var response = await client.GetAsync(file.Text("url"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/fhir+ndjson", response.Content.Headers.ContentType!.MediaType);
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <summary>The resources of all files, each of the type and number that the manifest says.</summary>
    public static async Task<List<JsonObject>> ResourcesAsync(this HttpClient client, JsonObject manifest)
    {
        var all = new List<JsonObject>();
        foreach (var file in manifest.Items("output"))
        {
            var lines = await client.LinesAsync(file!);
            Assert.Equal(file!["count"]!.GetValue<int>(), lines.Count);
            Assert.All(lines, line => Assert.Equal(file.Text("type"), line.Text("resourceType")));
            all.AddRange(lines);
        }

        return all;
    }

    public static IEnumerable<string> References(IEnumerable<JsonObject> resources) => resources.Select(r => $"{r.Text("resourceType")}/{r.Text("id")}").Order(StringComparer.Ordinal);
}
