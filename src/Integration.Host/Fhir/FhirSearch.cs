using System.Text.Json.Nodes;
using Integration.Core.Records.Search;

namespace Integration.Host.Fhir;

/// <summary>Search on a resource type, by address or form. FHIR R4 http.html §3.1.0.9.</summary>
internal static class FhirSearch
{
    public static async Task RunAsync(HttpContext context)
    {
        var (request, type) = (context.Request, FhirApi.TypeOf(context));
        var (search, pages) = (context.RequestServices.GetRequiredService<ResourceSearch>(), context.RequestServices.GetRequiredService<FhirPages>());
        var parameters = await request.ParametersAsync(context.RequestAborted);
        var isStrict = request.IsStrict();
        string? after = null;
        var self = $"{request.BaseUrl()}/{type}{QueryOf(parameters)}";
        if (parameters.FirstOrDefault(p => p.Name == FhirPages.Parameter) is { Name: not null } token)
        {
            var page = pages.Read(token.Value, type);
            (parameters, after, isStrict) = (page.ToParameters(), page.After, page.IsStrict);
        }

        var asked = new SearchRequestReader(type, context.SearchContext(search.Offset), isStrict).Read(parameters);
        var result = await search.RunAsync(asked, after, context.RequestAborted);
        var next = result.Next is null
            ? null
            : $"{request.BaseUrl()}/{type}?{FhirPages.Parameter}={pages.Write(FhirPage.Of(type, parameters, result.Next, isStrict))}";
        await FhirAnswers.WriteAsync(
            context, StatusCodes.Status200OK, FhirBundles.Search(request.BaseUrl(), self, next, result, asked.Selection, [.. NotesOf(asked, result)]));
    }

    private static IEnumerable<JsonObject> NotesOf(SearchRequest asked, SearchResult result)
    {
        if (asked.Ignored.Count > 0)
        {
            yield return FhirAnswers.Issue("warning", "not-supported", $"Not supported, and left out as you wished: {string.Join(", ", asked.Ignored)}.");
        }

        if (result.Index is { Behind: > 0 } index)
        {
            yield return FhirAnswers.Issue("warning", "incomplete", index.IsRebuilding
                ? $"The search index is being made: {index.Behind} resources are still to be read, and may be missing here."
                : $"The search index is {index.Behind} changes behind; what is newer may be missing here.");
        }
    }

    private static string QueryOf(IReadOnlyList<(string Name, string Value)> parameters) =>
        parameters.Count == 0 ? "" : "?" + string.Join('&', parameters.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"));
}
