using System.Text.Json;
using Integration.Adapters.Hl7v2.Batches;
using Integration.Adapters.Shared.Text;
using Integration.Adapters.Shared.Web;
using Integration.Core.Intake;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>
/// Answers the requests of one feed by the convention of HL7 over HTTP: POST of one message, or of a batch, answers its acknowledgement. 200
/// taken, 204 taken and no acknowledgement wanted, 400 not readable, 413 too long, 503 not stored: send again. What is no HL7 exchange at
/// all is answered by problem details (RFC 9457): 401, 404, 405, 415.
/// </summary>
internal sealed class Hl7HttpEndpoint(Hl7v2HttpOptions options, Hl7MessageReceiver receiver, Hl7BatchReceiver batches, IntakeBudget budget, ILogger logger)
    : IHttpApplication<HttpContext>
{
    /// <summary>Bodies in memory at once; further requests wait unread, and TCP slows their senders down.</summary>
    private const int MaxInFlight = 32;

    private const string RetryAfterSeconds = "5";
    private const string Hl7MediaType = "application/hl7-v2";

    private static readonly string[] MediaTypes =
        [Hl7MediaType, "application/hl7-v2+er7", "x-application/hl7-v2+er7", "application/edi-hl7v2", "text/plain", "application/octet-stream"];

    private readonly SemaphoreSlim _room = new(MaxInFlight);
    private readonly HttpCredentials _credentials = new(new SenderCredentials(options.ApiKey, options.User, options.Password), "hl7");

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held beside the features, which the server owns.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        if (!_credentials.Allow(context.Request))
        {
            WebLog.Unauthorized(logger, receiver.Feed, Peer(context));
            _credentials.Challenge(context.Response);
            await RefuseAsync(
                context, StatusCodes.Status401Unauthorized, "Unauthorized",
                "Send the key of this feed as X-Api-Key, or its name and password by Basic authentication.");
        }
        else if (context.Request.Path != options.Path)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "Not found", $"Messages are posted to {options.Path}.");
        }
        else if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Method not allowed", "Messages are sent by POST.");
        }
        else if (!IsHl7(context.Request.ContentType))
        {
            await RefuseAsync(
                context, StatusCodes.Status415UnsupportedMediaType, "Unsupported media type",
                $"Send HL7 v2 with vertical bars as {Hl7MediaType} or text/plain.");
        }
        else
        {
            await ReceiveAsync(context);
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        await _room.WaitAsync(context.RequestAborted);
        try
        {
            using var share = budget.Open();
            var (body, isWhole) = await RequestBody.ReadAsync(context, share, receiver.MaxMessageBytes);
            if (isWhole)
            {
                share.Arrived(body.Length);
                try
                {
                    // Not cancelled when the sender leaves: what intake has begun is finished, so that a second try is recognised.
                    await AnswerAsync(context, body);
                }
                finally
                {
                    share.GiveBack(body.Length);
                }
            }
            else
            {
                WebLog.TooLong(logger, receiver.Feed, Peer(context), receiver.MaxMessageBytes);
                context.Response.Headers.Connection = "close";   // the rest of the body is not read
                await WriteAsync(context, StatusCodes.Status413PayloadTooLarge, receiver.RefuseTooLong(body), charset: null);
            }
        }
        catch (Exception e) when (e is IOException or BadHttpRequestException
            || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested))
        {
            WebLog.BrokenOff(logger, receiver.Feed, Peer(context));
            context.Abort();
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task AnswerAsync(HttpContext context, byte[] body)
    {
        if (Hl7MessageFile.IsBatch(body))
        {
            var reply = await batches.ReceiveAsync(body, CancellationToken.None);
            var status = reply.IsRefused ? StatusCodes.Status503ServiceUnavailable
                : reply.IsUnreadable ? StatusCodes.Status400BadRequest
                : StatusCodes.Status200OK;
            await WriteAsync(context, status, reply.Answer, charset: null);
            return;
        }

        var receipt = await receiver.ReceiveAsync(body, CancellationToken.None);
        var answer = receiver.Acknowledge(receipt);
        if (receipt.Completion is not null)
        {
            // One request has one answer: who waits for the application's gets that.
            answer = await receiver.AcknowledgeApplicationAsync(receipt, CancellationToken.None) ?? answer;
        }

        await WriteAsync(context, StatusOf(receipt.Result), answer, receipt.Header.Charset);
    }

    private static int StatusOf(IntakeResult result) => result switch
    {
        IntakeResult.Quarantined => StatusCodes.Status400BadRequest,
        IntakeResult.Refused => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status200OK,
    };

    /// <param name="answer">Null: none is wanted.</param>
    /// <param name="charset">Null: not said.</param>
    private static async Task WriteAsync(HttpContext context, int status, byte[]? answer, SourceCharset? charset)
    {
        context.Response.StatusCode = answer is null && status == StatusCodes.Status200OK ? StatusCodes.Status204NoContent : status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        if (answer is not null)
        {
            context.Response.ContentType = charset is null ? Hl7MediaType : $"{Hl7MediaType}; charset={WebName(charset)}";
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        }
    }

    private static async Task RefuseAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        var problem = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["title"] = title, ["status"] = status, ["detail"] = detail });
        await context.Response.Body.WriteAsync(problem, context.RequestAborted);
    }

    /// <summary>Absent is taken for HL7; its charset parameter is not used, since the message is read again later from its bytes alone.</summary>
    private static bool IsHl7(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type) && MediaTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase));

    /// <summary>Names of HL7 table 0211 as the web writes them.</summary>
    private static string WebName(SourceCharset charset) =>
        charset.Name.StartsWith("8859/", StringComparison.Ordinal) ? "iso-8859-" + charset.Name[5..]
        : charset == SourceCharset.Ascii ? "us-ascii"
        : charset.Name.Replace("BIG-5", "big5", StringComparison.Ordinal).ToLowerInvariant();

    private static string Peer(HttpContext context) => $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
}
