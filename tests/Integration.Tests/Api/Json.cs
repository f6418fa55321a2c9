using System.Net;
using System.Text.Json.Nodes;

namespace Integration.Tests.Api;

/// <summary>Short ways to ask and to look at the answer.</summary>
internal static class Json
{
    /// <summary>The JSON of an answer that must have the status.</summary>
    public static async Task<JsonObject> GetJsonAsync(this HttpClient client, string url, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await client.GetAsync(url);
        return await response.JsonAsync(expected);
    }

    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} instead of {(int)expected}: {text}");
        return JsonNode.Parse(text)!.AsObject();
    }

    public static string Text(this JsonNode node, string name) => node[name]!.GetValue<string>();

    public static JsonArray Items(this JsonNode node, string name = "items") => node[name]!.AsArray();

    /// <summary>Walks all pages of a list.</summary>
    /// <param name="url">With at least one query parameter.</param>
    public static async Task<List<JsonObject>> GetAllPagesAsync(this HttpClient client, string url)
    {
        var all = new List<JsonObject>();
        string? after = null;
        do
        {
            var page = await client.GetJsonAsync(url + (after is null ? "" : "&after=" + Uri.EscapeDataString(after)));
            all.AddRange(page.Items().Select(item => item!.AsObject()));
            after = page["next"]?.GetValue<string>();
            Assert.True(all.Count < 1000, "Paging does not end.");
        }
        while (after is not null);

        return all;
    }
}
