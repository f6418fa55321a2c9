using System.Globalization;
using Integration.Core.Identity;
using Integration.Core.Records.Search;
using Integration.Fhir.Search.Criteria;
using Integration.Host.Fhir.Export;
using Integration.Host.Security;

namespace Integration.Host.Fhir;

/// <summary>The record as a FHIR R4 server, to be read: <c>/fhir</c>. Its CapabilityStatement says what there is.</summary>
/// <remarks>
/// Patients are served as the record has them: one for each number that a source gave a person. One that was merged away stays readable as FHIR has it,
/// inactive and with a link to the one that replaces it, and is found by a search only when that asks for it; what was recorded of it belongs to the
/// person who stays, whichever of the person's ids is asked for.
/// </remarks>
internal static class FhirApi
{
    public static IServiceCollection AddFhirFacade(this IServiceCollection services) => services
        .AddSingleton<PatientMatching>().AddSingleton<ResourceVersions>().AddSingleton<PatientReferences>().AddSingleton<PatientEverything>().AddSingleton<ResourceSearch>().AddSingleton<FhirPages>()
        .AddExports();

    public static void MapFhirFacade(this IEndpointRouteBuilder app)
    {
        var fhir = app.MapGroup(FhirRequests.Root).RequireAuthorization(Policies.Read).ExcludeFromDescription();
        fhir.MapGet("/metadata", Serve(context =>
            FhirAnswers.WriteAsync(context, StatusCodes.Status200OK, CapabilityDocument.Create(context.Request.BaseUrl()))));
        MapExport(fhir);
        fhir.MapGet("/Binary/{id}", Serve(BinaryContent.WriteAsync, anyFormat: true));
        fhir.MapGet("/Patient/{id}/$everything", Serve(EverythingOperation.RunAsync));
        fhir.MapPost("/Patient/{id}/$everything", Serve(EverythingOperation.RunAsync));
        fhir.MapPost("/Patient/$match", Serve(MatchOperation.RunAsync));
        fhir.MapPost("/{type}/$validate", Serve(ValidateOperation.RunAsync));
        fhir.MapPost("/{type}/{id}/$validate", Serve(ValidateOperation.RunAsync));
        fhir.MapGet("/{type}/{id}/$validate", Serve(ValidateOperation.RunOnStoredAsync));
        fhir.MapGet("/{type}", Serve(FhirSearch.RunAsync));
        fhir.MapPost("/{type}/_search", Serve(FhirSearch.RunAsync));
        fhir.MapGet("/{type}/{id}", Serve(ReadAsync));
        fhir.MapGet("/{type}/{id}/_history", Serve(HistoryAsync));
        fhir.MapGet("/{type}/{id}/_history/{version}", Serve(ReadVersionAsync));
    }

    private static void MapExport(RouteGroupBuilder fhir)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Post];
        fhir.MapMethods(ExportOperation.SystemPath, methods, Serve(ExportOperation.StartSystemAsync));
        fhir.MapMethods("/Patient/$export", methods, Serve(ExportOperation.StartPatientAsync));
        fhir.MapMethods("/Group/{id}/$export", methods, Serve(ExportOperation.StartGroupAsync));
        fhir.MapGet(ExportOperation.SystemPath + "/{job}", Serve(ExportOperation.StatusAsync));
        fhir.MapDelete(ExportOperation.SystemPath + "/{job}", Serve(ExportOperation.DeleteAsync, anyFormat: true));
        fhir.MapGet(ExportOperation.SystemPath + "/{job}/{file}", Serve(ExportOperation.DownloadAsync, anyFormat: true));
    }

    /// <summary>The resource type that the address names.</summary>
    /// <exception cref="FhirProblem">It is not served.</exception>
    public static string TypeOf(HttpContext context) =>
        context.GetRouteValue("type") as string is { } type && FhirTypes.IsServed(type) ? type : throw FhirProblem.UnknownType();

    /// <summary>The resource that the address names.</summary>
    /// <exception cref="FhirProblem">There is none.</exception>
    public static async ValueTask<RecordResource> FindAsync(HttpContext context)
    {
        var reference = $"{TypeOf(context)}/{context.GetRouteValue("id")}";
        var versions = context.RequestServices.GetRequiredService<ResourceVersions>();
        return await versions.FindAsync(reference, context.RequestAborted)
            ?? throw (await versions.IsGoneAsync(reference, context.RequestAborted) ? FhirProblem.Gone() : FhirProblem.UnknownResource());
    }

    private static RequestDelegate Serve(Func<HttpContext, Task> handler, bool anyFormat = false) => async context =>
    {
        try
        {
            if (!anyFormat && !context.Request.TakesJson())
            {
                throw new FhirProblem(StatusCodes.Status406NotAcceptable, "not-supported", "The only format is JSON: application/fhir+json.");
            }

            await handler(context);
        }
        catch (FhirProblem problem)
        {
            await FhirAnswers.WriteProblemAsync(context, problem.Status, problem.Code, problem.Message);
        }
        catch (FhirSearchException e)
        {
            var problem = FhirProblem.Of(e);
            await FhirAnswers.WriteProblemAsync(context, problem.Status, problem.Code, problem.Message);
        }
    };

    private static async Task ReadAsync(HttpContext context) => await FhirAnswers.WriteAsync(context, await FindAsync(context), context.Request.Selection());

    private static async Task ReadVersionAsync(HttpContext context)
    {
        var reference = $"{TypeOf(context)}/{context.GetRouteValue("id")}";
        var version = int.TryParse(context.GetRouteValue("version") as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? await context.RequestServices.GetRequiredService<ResourceVersions>().FindAsync(reference, number, context.RequestAborted)
            : null;
        if (version is null)
        {
            await FindAsync(context);   // says so where there is no such resource at all
            throw FhirProblem.UnknownVersion();
        }

        await FhirAnswers.WriteAsync(context, version, context.Request.Selection());
    }

    private static async Task HistoryAsync(HttpContext context)
    {
        var request = context.Request;
        var reference = $"{TypeOf(context)}/{context.GetRouteValue("id")}";
        var (versions, pages) = (context.RequestServices.GetRequiredService<ResourceVersions>(), context.RequestServices.GetRequiredService<FhirPages>());
        var parameters = await request.ParametersAsync(context.RequestAborted);
        var path = reference + "/_history";
        int? before = null;
        if (parameters.FirstOrDefault(p => p.Name == FhirPages.Parameter) is { Name: not null } token)
        {
            var page = pages.Read(token.Value, path);
            (parameters, before) = (page.ToParameters(), int.Parse(page.After, CultureInfo.InvariantCulture));
        }

        var (count, since) = (parameters.PageSize(), parameters.Date("_since", context.SearchContext(TimeSpan.Zero))?.Start);
        var found = new List<RecordResource>();
        if (before is null && await versions.FindAsync(reference, context.RequestAborted) is { } current)
        {
            found.Add(current);
        }

        var deletion = before is null ? await versions.FindDeletionAsync(reference, context.RequestAborted) : null;
        var (earlier, areMore) = await versions.EarlierAsync(reference, count, before, context.RequestAborted);
        found.AddRange(earlier);
        if (found.Count == 0 && before is null && deletion is null)
        {
            throw FhirProblem.UnknownResource();
        }

        areMore |= found.Count > count;
        var kept = found.Take(count).Where(version => since is null || version.LastUpdated >= since).ToList();
        areMore &= kept.Count == count;
        var next = areMore
            ? $"{request.BaseUrl()}/{path}?{FhirPages.Parameter}={pages.Write(FhirPage.Of(path, parameters, kept[^1].Version.ToString(CultureInfo.InvariantCulture), isStrict: true))}"
            : null;
        deletion = since is null || deletion?.Received >= since ? deletion : null;
        long? total = before is null && next is null ? kept.Count + (deletion is null ? 0 : 1) : null;
        await FhirAnswers.WriteAsync(context, StatusCodes.Status200OK, FhirBundles.History(
            request.BaseUrl(), $"{request.BaseUrl()}/{path}{request.QueryString}", next, deletion, kept, total));
    }
}
