using Integration.Core.Records.Search;
using Integration.Fhir;

namespace Integration.Host.Fhir;

/// <summary><c>Patient/[id]/$everything</c>: everything of a person, page by page. FHIR R4 patient-operation-everything.html.</summary>
internal static class EverythingOperation
{
    private static readonly string[] Known = ["_type", "_since", "start", "end", "_count", "_format", FhirPages.Parameter];

    public static async Task RunAsync(HttpContext context)
    {
        var (request, cancellationToken) = (context.Request, context.RequestAborted);
        var (everything, pages) = (context.RequestServices.GetRequiredService<PatientEverything>(), context.RequestServices.GetRequiredService<FhirPages>());
        var path = $"Patient/{context.GetRouteValue("id")}/$everything";
        var parameters = await request.ParametersAsync(cancellationToken);
        string? after = null;
        if (parameters.FirstOrDefault(p => p.Name == FhirPages.Parameter) is { Name: not null } token)
        {
            var page = pages.Read(token.Value, path);
            (parameters, after) = (page.ToParameters(), page.After);
        }

        if (parameters.Any(p => !Known.Contains(p.Name)))
        {
            throw FhirProblem.Invalid("$everything takes _type, _since, start, end and _count.");
        }

        var owner = await context.RequestServices.GetRequiredService<PatientReferences>().OwnerOfAsync((string)context.GetRouteValue("id")!, cancellationToken);
        if (string.IsNullOrEmpty(owner))
        {
            throw FhirProblem.UnknownResource();
        }

        var search = context.SearchContext(context.RequestServices.GetRequiredService<ResourceSearch>().Offset);
        var asked = new EverythingRequest(
            owner, TypesOf(parameters), parameters.Date("_since", search)?.Start, parameters.Date("start", search)?.Start, parameters.Date("end", search)?.End,
            parameters.PageSize());
        var result = await everything.ReadAsync(asked, after, cancellationToken);
        var next = result.Next is null ? null : $"{request.BaseUrl()}/{path}?{FhirPages.Parameter}={pages.Write(FhirPage.Of(path, parameters, result.Next, isStrict: true))}";
        await FhirAnswers.WriteAsync(
            context, StatusCodes.Status200OK, FhirBundles.Search(request.BaseUrl(), $"{request.BaseUrl()}/{path}{request.QueryString}", next, result, null, []));
    }

    private static HashSet<string> TypesOf(IReadOnlyList<(string Name, string Value)> parameters)
    {
        var types = parameters.Where(p => p.Name == "_type").SelectMany(p => p.Value.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        return types.All(type => FhirSchema.Find(type) is { Kind: FhirTypeKind.Resource }) ? types : throw FhirProblem.Invalid("_type lists resource types of FHIR R4.");
    }
}
