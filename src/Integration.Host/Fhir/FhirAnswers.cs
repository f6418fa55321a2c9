using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Records.Search;
using Microsoft.Net.Http.Headers;

namespace Integration.Host.Fhir;

/// <summary>Answers of the facade: always <c>application/fhir+json</c>, errors as OperationOutcome.</summary>
internal static class FhirAnswers
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> json, string contentType = FhirRequests.ContentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(json, context.RequestAborted);
        }
    }

    public static Task WriteAsync(HttpContext context, int status, JsonObject resource, string contentType = FhirRequests.ContentType) =>
        WriteAsync(context, status, JsonSerializer.SerializeToUtf8Bytes(resource, Relaxed), contentType);

    /// <summary>One version, or 304 where the caller has it. FHIR R4 http.html §3.1.0.1.7 and §3.1.0.5.</summary>
    public static Task WriteAsync(HttpContext context, RecordResource resource, ElementSelection? selection = null)
    {
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = new EntityTagHeaderValue($"\"{resource.Version.ToString(CultureInfo.InvariantCulture)}\"", isWeak: true);
        headers.LastModified = resource.LastUpdated;
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true, Private = true };
        if (HasIt(context.Request, resource, headers.ETag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return WriteAsync(context, StatusCodes.Status200OK, ResourceWriter.ToJson(writer => ResourceWriter.Write(writer, resource, selection)));
    }

    public static Task WriteProblemAsync(HttpContext context, int status, string code, string text) =>
        WriteAsync(context, status, Outcome("error", code, text));

    /// <param name="severity">FHIR R4 issue-severity.</param>
    /// <param name="code">FHIR R4 issue-type.</param>
    public static JsonObject Outcome(string severity, string code, string text) => new()
    {
        ["resourceType"] = "OperationOutcome",
        ["issue"] = new JsonArray(Issue(severity, code, text)),
    };

    public static JsonObject Issue(string severity, string code, string text) => new()
    {
        ["severity"] = severity,
        ["code"] = code,
        ["details"] = new JsonObject { ["text"] = text },
    };

    private static bool HasIt(HttpRequest request, RecordResource resource, EntityTagHeaderValue tag)
    {
        var headers = request.GetTypedHeaders();
        return headers.IfNoneMatch is { Count: > 0 } known
            ? known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false))
            : headers.IfModifiedSince is { } since && resource.LastUpdated < since.AddSeconds(1);
    }
}
