using Integration.Core.Records.Search;
using Integration.Fhir.Search.Criteria;
using Microsoft.Net.Http.Headers;

namespace Integration.Host.Fhir;

/// <summary>What requests of the facade have in common. FHIR R4 http.html.</summary>
internal static class FhirRequests
{
    public const string Root = "/fhir";
    public const string ContentType = "application/fhir+json; charset=utf-8";

    private static readonly string[] JsonTypes = ["application/fhir+json", "application/json", "text/json", "application/*", "*/*"];
    private static readonly string[] JsonFormats = ["json", "application/fhir+json", "application/json", "text/json"];

    /// <summary>Address of the facade as the caller sees it, without a slash at the end.</summary>
    public static string BaseUrl(this HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}{Root}";

    public static FhirSearchContext SearchContext(this HttpContext context, TimeSpan offset) => new(
        offset, (context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow(), context.Request.BaseUrl());

    /// <summary>Whether the answer can be JSON: <c>_format</c> before <c>Accept</c>. FHIR R4 http.html §3.1.0.1.11.</summary>
    public static bool TakesJson(this HttpRequest request)
    {
        if (request.Query["_format"] is [{ } format, ..])
        {
            return JsonFormats.Contains(format.Split(';')[0].Trim().Replace(' ', '+'), StringComparer.OrdinalIgnoreCase);
        }

        return request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
            || accepted.Any(type => type.Quality is null or > 0 && JsonTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Whether a parameter that is not supported is refused. Unless the caller wishes otherwise it is: a condition that is silently left out shows the
    /// resources of other people. FHIR R4 search.html §3.1.1.3.
    /// </summary>
    public static bool IsStrict(this HttpRequest request) => !request.Prefers("handling=lenient");

    /// <summary>Whether the caller states a wish in the header <c>Prefer</c> (RFC 7240).</summary>
    public static bool Prefers(this HttpRequest request, string wish) =>
        request.Headers["Prefer"].SelectMany(line => (line ?? "").Split([',', ';'], StringSplitOptions.TrimEntries))
            .Any(stated => stated.Equals(wish, StringComparison.OrdinalIgnoreCase));

    /// <summary>The parameters of the address and, for a form, of the body.</summary>
    public static async ValueTask<List<(string Name, string Value)>> ParametersAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        var all = request.Query.SelectMany(p => p.Value.Select(value => (p.Key, value ?? ""))).ToList();
        if (!HttpMethods.IsPost(request.Method))
        {
            return all;
        }

        if (!request.HasFormContentType)
        {
            return request.ContentLength is null or 0 ? all : throw new FhirProblem(
                StatusCodes.Status415UnsupportedMediaType, "not-supported", "The body of _search is application/x-www-form-urlencoded.");
        }

        var form = await request.ReadFormAsync(cancellationToken);
        all.AddRange(form.SelectMany(p => p.Value.Select(value => (p.Key, value ?? ""))));
        return all;
    }

    /// <summary>Which elements a read is to give, by <c>_summary</c> or <c>_elements</c>; null: all. FHIR R4 http.html §3.1.0.1.8.</summary>
    public static ElementSelection? Selection(this HttpRequest request) =>
        request.Query["_elements"] is [{ } names, ..] ? ElementSelection.OfElements(names)
        : request.Query["_summary"] is [{ } summary, ..] ? ElementSelection.OfSummary(summary)
        : null;

    /// <summary>A whole number of a parameter; null when it is not there.</summary>
    public static int? Number(this IReadOnlyList<(string Name, string Value)> parameters, string name) =>
        parameters.FirstOrDefault(p => p.Name == name) is { Name: not null } found
            ? int.TryParse(found.Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
                ? number
                : throw FhirProblem.Invalid($"{name} is a whole number.")
            : null;

    /// <summary>The range of a date parameter; null when it is not there.</summary>
    public static DateOperand? Date(this IReadOnlyList<(string Name, string Value)> parameters, string name, FhirSearchContext context) =>
        parameters.FirstOrDefault(p => p.Name == name) is { Name: not null } found
            ? FhirSearchCriterion.Read("Patient", "_lastUpdated", found.Value, context).Operands is [DateOperand { Prefix: SearchPrefix.Eq } date]
                ? date
                : throw FhirProblem.Invalid($"{name} is one date or time.")
            : null;

    /// <summary>Matches of a page.</summary>
    public static int PageSize(this IReadOnlyList<(string Name, string Value)> parameters, string name = "_count") =>
        Math.Clamp(parameters.Number(name) ?? SearchRequest.UsualCount, 1, SearchRequest.MostCount);
}
