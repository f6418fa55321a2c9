using System.Net;
using System.Text.Json.Nodes;

namespace Integration.Tests.Api.Fhir;

/// <summary>Reads bundles page by page.</summary>
internal static class FhirBundleReading
{
    /// <summary>All pages, by the link next.</summary>
    public static async Task<List<JsonObject>> GetBundlesAsync(this HttpClient client, string url)
    {
        var pages = new List<JsonObject>();
        for (string? next = url; next is not null;)
        {
            var page = await client.GetJsonAsync(next);
            pages.Add(page);
            Assert.True(pages.Count < 500, "Paging does not end.");
            next = page.Items("link").FirstOrDefault(link => link!.Text("relation") == "next")?.Text("url");
        }

        return pages;
    }

    /// <summary>What a search finds, as <c>Type/id</c> in its order: matches only.</summary>
    public static async Task<List<string>> FindAsync(this HttpClient client, string query, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var bundle = await client.GetJsonAsync("/fhir/" + query, expected);
        FhirFacadeTests.AssertValid(bundle);
        return NamesIn(bundle, "match");
    }

    /// <param name="mode">match, include or outcome.</param>
    public static List<string> NamesIn(JsonObject bundle, string mode) =>
    [
        .. (bundle["entry"]?.AsArray() ?? []).Where(e => e!["search"]!.Text("mode") == mode)
            .Select(e => $"{e!["resource"]!.Text("resourceType")}/{e["resource"]!["id"]?.GetValue<string>()}"),
    ];
}
