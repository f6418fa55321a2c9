using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Audit;
using Integration.Core.Records.Search;
using Integration.Core.Storage;
using Integration.Fhir;
using Integration.Host.Security;

namespace Integration.Host.Fhir.Export;

/// <summary>
/// <c>$export</c> of everything, of all patients or of a Group: kick-off, status, files, removal. FHIR Bulk Data Access (Flat FHIR) v2.0.0, "Bulk Data Export Operation
/// Request Flow".
/// </summary>
internal static class ExportOperation
{
    public const string SystemPath = "/$export";

    private const string NdJson = "application/fhir+ndjson";
    private const int RetryAfterSeconds = 2;
    private const int RetryAfterFullSeconds = 120;
    private const int MostBodyBytes = 64 * 1024;

    private static readonly string[] Formats = [NdJson, "application/ndjson", "ndjson"];
    private static readonly string[] Known = ["_type", "_since", "_outputFormat", "_format"];

    public static Task StartSystemAsync(HttpContext context) => StartAsync(context, ofPatientsOnly: false, group: null);

    public static Task StartPatientAsync(HttpContext context) => StartAsync(context, ofPatientsOnly: true, group: null);

    public static async Task StartGroupAsync(HttpContext context)
    {
        var id = (string)context.GetRouteValue("id")!;
        var versions = context.RequestServices.GetRequiredService<ResourceVersions>();
        if (await versions.FindAsync($"Group/{id}", context.RequestAborted) is null)
        {
            throw FhirProblem.UnknownResource();
        }

        await StartAsync(context, ofPatientsOnly: true, id);
    }

    public static async Task StatusAsync(HttpContext context)
    {
        var jobs = context.RequestServices.GetRequiredService<ExportJobs>();
        var job = FindJob(context, jobs);
        switch (job.State)
        {
            case ExportState.Done:
                context.Response.Headers.Expires = (job.Ended!.Value + jobs.KeepFor).ToString("R", CultureInfo.InvariantCulture);
                await FhirAnswers.WriteAsync(context, StatusCodes.Status200OK, Manifest(context.Request.BaseUrl(), job), "application/json");
                break;
            case ExportState.Failed:
                throw new FhirProblem(StatusCodes.Status500InternalServerError, "exception", job.Problem!);
            default:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                context.Response.Headers["X-Progress"] = job.State == ExportState.Waiting
                    ? "waiting for another export"
                    : string.Create(CultureInfo.InvariantCulture, $"{jobs.WrittenOf(job.Id)} resources written");
                break;
        }
    }

    public static async Task DownloadAsync(HttpContext context)
    {
        var jobs = context.RequestServices.GetRequiredService<ExportJobs>();
        var job = FindJob(context, jobs);
        var file = job.Files.FirstOrDefault(f => f.Name == (string)context.GetRouteValue("file")!) ?? throw Unknown();
        await Results.File(jobs.PathOf(job, file), NdJson, enableRangeProcessing: true).ExecuteAsync(context);
    }

    public static async Task DeleteAsync(HttpContext context)
    {
        var jobs = context.RequestServices.GetRequiredService<ExportJobs>();
        if (!await jobs.DeleteAsync((string)context.GetRouteValue("job")!))
        {
            throw Unknown();
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async Task StartAsync(HttpContext context, bool ofPatientsOnly, string? group)
    {
        var (request, jobs) = (context.Request, context.RequestServices.GetRequiredService<ExportJobs>());
        if (!request.Prefers("respond-async"))
        {
            throw FhirProblem.Invalid("$export is answered later only: send the header Prefer: respond-async.");
        }

        var parameters = await ParametersAsync(request);
        Check(parameters, request.IsStrict());
        var asked = new ExportJob
        {
            Id = "",
            Asked = default,
            State = ExportState.Waiting,
            Request = $"{request.BaseUrl()}{request.Path.Value![FhirRequests.Root.Length..]}{request.QueryString}",
            Types = TypesOf(parameters),
            Since = parameters.Date("_since", context.SearchContext(TimeSpan.Zero))?.Start,
            OfPatientsOnly = ofPatientsOnly,
            Group = group,
        };
        if (jobs.Start(asked) is not { } job)
        {
            context.Response.Headers.RetryAfter = RetryAfterFullSeconds.ToString(CultureInfo.InvariantCulture);
            throw new FhirProblem(StatusCodes.Status429TooManyRequests, "throttled", "There are as many exports as are kept at a time. Remove those you have fetched with DELETE.");
        }

        await NoteAsync(context, job);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.ContentLocation = $"{request.BaseUrl()}{SystemPath}/{job.Id}";
    }

    // Who took the record, or a part of it, out of the house must be answerable later.
    private static async ValueTask NoteAsync(HttpContext context, ExportJob job)
    {
        var (store, audit) = (context.RequestServices.GetRequiredService<IDocumentStore>(), context.RequestServices.GetRequiredService<AuditTrail>());
        var whose = job.Group is not null ? $"Group/{job.Group}" : job.OfPatientsOnly ? "all patients" : "everything";
        var what = job.Types.Count == 0 ? whose : $"{whose}: {string.Join(", ", job.Types)}";
        await audit.CommitAsync(
            new AuditNote(Actor.Of(context), AuditActions.Export, job.Id, what),
            batch => store.CommitAsync(batch, CommitPriority.Processing, CancellationToken.None), CancellationToken.None);
    }

    private static void Check(IReadOnlyList<(string Name, string Value)> parameters, bool isStrict)
    {
        if (isStrict && parameters.Any(p => !Known.Contains(p.Name)))
        {
            throw new FhirProblem(StatusCodes.Status400BadRequest, "not-supported", $"$export takes {string.Join(", ", Known)}.");
        }

        if (parameters.Any(p => p.Name == "_outputFormat" && !Formats.Contains(p.Value.Replace(' ', '+'), StringComparer.OrdinalIgnoreCase)))
        {
            throw new FhirProblem(StatusCodes.Status400BadRequest, "not-supported", $"The only format of an export is {NdJson}.");
        }
    }

    private static IReadOnlyList<string> TypesOf(IReadOnlyList<(string Name, string Value)> parameters)
    {
        var types = parameters.Where(p => p.Name == "_type").SelectMany(p => p.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        string[] sorted = [.. types.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return sorted.All(type => FhirSchema.Find(type) is { Kind: FhirTypeKind.Resource, IsAbstract: false })
            ? sorted
            : throw FhirProblem.Invalid("_type lists resource types of FHIR R4.");
    }

    /// <summary>Of the address, and of Parameters where they are posted.</summary>
    private static async ValueTask<List<(string Name, string Value)>> ParametersAsync(HttpRequest request)
    {
        var all = request.Query.SelectMany(p => p.Value.Select(value => (p.Key, value ?? ""))).ToList();
        if (!HttpMethods.IsPost(request.Method) || request.ContentLength is 0)
        {
            return all;
        }

        if (request.ContentLength is not <= MostBodyBytes)
        {
            throw new FhirProblem(StatusCodes.Status413PayloadTooLarge, "too-long", $"Parameters of $export are sent with their length, {MostBodyBytes} bytes at most.");
        }

        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            return [.. all, .. PostedParameters.Read(body.RootElement)];
        }
        catch (JsonException)
        {
            throw new FhirProblem(StatusCodes.Status400BadRequest, "structure", "The body is no JSON.");
        }
    }

    private static JsonObject Manifest(string baseUrl, ExportJob job) => new()
    {
        ["transactionTime"] = ResourceWriter.Time(job.TransactionTime!.Value),
        ["request"] = job.Request,
        ["requiresAccessToken"] = true,
        ["output"] = Files(baseUrl, job, isDeletions: false),
        ["deleted"] = Files(baseUrl, job, isDeletions: true),
        ["error"] = new JsonArray(),
    };

    private static JsonArray Files(string baseUrl, ExportJob job, bool isDeletions) => new([.. job.Files.Where(file => file.IsDeletions == isDeletions).Select(file => new JsonObject
    {
        ["type"] = file.Type,
        ["url"] = $"{baseUrl}{SystemPath}/{job.Id}/{file.Name}",
        ["count"] = file.Count,
    })]);

    private static ExportJob FindJob(HttpContext context, ExportJobs jobs) => jobs.Find((string)context.GetRouteValue("job")!) ?? throw Unknown();

    private static FhirProblem Unknown() => new(
        StatusCodes.Status404NotFound, "not-found", "There is no such export, or not any more: it was removed, or its time was over. Begin a new one.");
}
