using System.Text.Json.Nodes;
using Integration.Adapters.Fhir.Parsing;
using Integration.Adapters.Shared.Web;
using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Integration.Adapters.Fhir.Endpoint;

/// <summary>
/// Answers the requests of one feed by the REST of FHIR R4 (§3.1): create, update, delete, conditional ones, transaction, batch, and Bundles sent to the base
/// or to <c>$process-message</c>. Every answer that is no success is an OperationOutcome.
/// </summary>
internal sealed class FhirHttpEndpoint(
    string feed, FhirEndpointOptions options, FhirBundleReceiver bundles, FhirReceiver receiver, IntakeBudget budget, ILogger logger) : IHttpApplication<HttpContext>
{
    /// <summary>Bodies in memory at once; further requests wait unread, and TCP slows their senders down.</summary>
    private const int MaxInFlight = 32;

    private const string FhirMediaType = "application/fhir+json";
    private const string RequestIdHeader = "X-Request-Id";

    private readonly SemaphoreSlim _room = new(MaxInFlight);
    private readonly HttpCredentials _credentials = new(options.Credentials, "fhir");

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held beside the features, which the server owns.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        if (!_credentials.Allow(context.Request))
        {
            WebLog.Unauthorized(logger, feed, Peer(context));
            _credentials.Challenge(context.Response);
            await RefuseAsync(context, 401, "Send the key of this feed as X-Api-Key, or its name and password by Basic authentication.");
        }
        else if (PathOf(context.Request) is not { } path)
        {
            await RefuseAsync(context, 404, $"The base address of this feed is {options.Path}.");
        }
        else if (context.Request.Method is not ("POST" or "PUT" or "DELETE"))
        {
            context.Response.Headers.Allow = "POST, PUT, DELETE";
            await RefuseAsync(context, 405, "Only POST, PUT and DELETE are taken in; reads are answered by the FHIR facade.");
        }
        else if (!HttpMethods.IsDelete(context.Request.Method) && !IsJson(context.Request.ContentType))
        {
            await RefuseAsync(context, 415, $"Send {FhirMediaType}.");
        }
        else
        {
            await ReceiveAsync(context, path);
        }
    }

    private async Task ReceiveAsync(HttpContext context, string path)
    {
        await _room.WaitAsync(context.RequestAborted);
        try
        {
            using var share = budget.Open();
            var (body, isWhole) = await RequestBody.ReadAsync(context, share, options.MaxMessageBytes);
            if (!isWhole)
            {
                WebLog.TooLong(logger, feed, Peer(context), options.MaxMessageBytes);
                context.Response.Headers.Connection = "close";   // the rest of the body is not read
                await WriteAsync(context, FhirAnswer.Refuse(
                    413, IntegrationErrorCode.FrameTooLong, "", $"The body is longer than {options.MaxMessageBytes} bytes and was not stored. Raise Feeds:{feed}:MaxMessageBytes if it is wanted."));
                return;
            }

            share.Arrived(body.Length);
            try
            {
                await AnswerAsync(context, path, body);
            }
            finally
            {
                share.GiveBack(body.Length);
            }
        }
        catch (Exception e) when (e is IOException or BadHttpRequestException
            || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            WebLog.BrokenOff(logger, feed, Peer(context));
            context.Abort();
        }
        finally
        {
            _room.Release();
        }
    }

    // Not cancelled when the sender leaves: what intake has begun is finished, so that a second try is recognised.
    private async Task AnswerAsync(HttpContext context, string path, byte[] body)
    {
        var requestId = context.Request.Headers[RequestIdHeader].ToString();
        if (requestId.Length > 0)
        {
            context.Response.Headers[RequestIdHeader] = requestId;
        }

        if (HttpMethods.IsPost(context.Request.Method) && path is "" or "Bundle" or "$process-message")
        {
            var reply = await bundles.TakeAsync(body, requestId, CancellationToken.None);
            await WriteAsync(context, reply.Status, reply.Body);
            return;
        }

        var request = FhirRequest.Of(context.Request.Method, path + context.Request.QueryString, context.Request.Headers["If-None-Exist"]);
        var ifMatch = context.Request.Headers.IfMatch.ToString();
        await WriteAsync(context, await receiver.TakeAsync(
            request, HttpMethods.IsDelete(context.Request.Method) ? default : body.AsMemory(), requestId, ifMatch.Length == 0 ? null : ifMatch, "", CancellationToken.None));
    }

    private Task WriteAsync(HttpContext context, FhirAnswer answer)
    {
        if (answer.Location is { } location)
        {
            context.Response.Headers.Location = $"{options.Path}/{location}";
            context.Response.Headers.ETag = answer.ETag;
        }

        return WriteAsync(context, answer.Status, answer.ToOutcome());
    }

    private static async Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        if (status == StatusCodes.Status204NoContent)
        {
            return;
        }

        context.Response.ContentType = $"{FhirMediaType}; charset=utf-8";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, int status, string text) =>
        WriteAsync(context, status, FhirAnswer.Refuse(status, IntegrationErrorCode.InteractionUnsupported, "", text).ToOutcome());

    /// <summary>What stands behind the base, without slashes around it; null for another address.</summary>
    private string? PathOf(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        return path == options.Path || path.StartsWith(options.Path + "/", StringComparison.Ordinal) ? path[options.Path.Length..].Trim('/') : null;
    }

    /// <summary>Absent is taken for JSON.</summary>
    private static bool IsJson(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Value is "application/fhir+json" or "application/json" or "application/json+fhir" or "text/json");

    private static string Peer(HttpContext context) => $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
}
