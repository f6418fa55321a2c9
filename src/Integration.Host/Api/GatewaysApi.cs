using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Core.Delivery;
using Integration.Core.Messaging.Answers;
using Integration.Core.Messaging.Gateways;
using Integration.Core.Security;
using Integration.Host.Security;

namespace Integration.Host.Api;

/// <summary>
/// What providers of messages to patients call: receipts and replies. They hold no key of the API; the file of their gateway says how they prove where they
/// come from.
/// </summary>
internal static class GatewaysApi
{
    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan OldestSignature = TimeSpan.FromMinutes(5);

    public static void MapGateways(this RouteGroupBuilder api)
    {
        var gateways = api.MapGroup("/gateways/{gateway}").WithTags("Messages to patients").AllowAnonymous();
        gateways.MapPost("/receipts", ReceiptsAsync).WithName("takeReceipts").WithSummary("A provider says what became of messages")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        gateways.MapPost("/replies", RepliesAsync).WithName("takeReplies").WithSummary("A provider hands over what patients answered")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static Task<IResult> ReceiptsAsync(
        string gateway, HttpContext context, IReadOnlyList<ConfiguredDestination> destinations, FailedAttempts failures, MessageAnswers answers, TimeProvider clock) => TakeAsync(
            gateway, context, destinations, failures, clock, definition => definition.Receipts, format => format.Answer,
            ProviderCallback.Receipts, (format, receipt) => answers.TakeReceiptAsync(gateway, format, receipt, context.RequestAborted),
            "Each receipt needs the message's id and a status where the gateway's file says that they stand.");

    private static Task<IResult> RepliesAsync(
        string gateway, HttpContext context, IReadOnlyList<ConfiguredDestination> destinations, FailedAttempts failures, MessageAnswers answers, TimeProvider clock) => TakeAsync(
            gateway, context, destinations, failures, clock, definition => definition.Replies, format => format.Answer,
            ProviderCallback.Replies, (_, reply) => answers.TakeReplyAsync(gateway, reply, context.RequestAborted),
            "Each reply needs its sender and text where the gateway's file says that they stand.");

    private static async Task<IResult> TakeAsync<TFormat, TEntry>(
        string gateway, HttpContext context, IReadOnlyList<ConfiguredDestination> destinations, FailedAttempts failures, TimeProvider clock, Func<GatewayDefinition, TFormat?> formatOf,
        Func<TFormat, string?> answerOf, Func<JsonNode, TFormat, IReadOnlyList<TEntry>?> read, Func<TFormat, TEntry, ValueTask<AnswerOutcome>> take, string needed)
        where TFormat : class
    {
        if (failures.BlockedFor(context.Connection.RemoteIpAddress) is not null)
        {
            return ApiProblem.TooManyFailures(context);
        }

        if (destinations.FirstOrDefault(d => d.Name == gateway)?.Adapter is not IPatientMessageAdapter adapter || formatOf(adapter.Gateway) is not { } format)
        {
            return ApiProblem.NotFound(context, "There is no gateway of this name that takes such a callback.");
        }

        if (await ReadAsync(context) is not { } body)
        {
            return ApiProblem.InvalidBody(context, [new("body", $"It must be at most {MostBytes} bytes.")]);
        }

        if (!IsProved(adapter, context.Request, body, clock.GetUtcNow()))
        {
            return failures.Note(context.Connection.RemoteIpAddress, SHA256.HashData(body)) is null
                ? ApiProblem.NotProved(context, "Send the secret, or the signature, that the gateway's file asks for.")
                : ApiProblem.TooManyFailures(context);
        }

        if (ProviderCallback.Parse(body, context.Request.HasFormContentType) is not { } json || read(json, format) is not { } entries)
        {
            return ApiProblem.InvalidBody(context, [new("body", $"It must be JSON or a form. {needed}")]);
        }

        var unknown = 0;
        foreach (var entry in entries)
        {
            unknown += await take(format, entry) == AnswerOutcome.Unknown ? 1 : 0;
        }

        return unknown > 0 ? ApiProblem.UnknownMessages(context, unknown, entries.Count)
            : answerOf(format) is { } answer ? Results.Content(answer, "application/json", Encoding.UTF8) : Results.NoContent();
    }

    private static bool IsProved(IPatientMessageAdapter adapter, HttpRequest request, byte[] body, DateTimeOffset now)
    {
        if (adapter.Gateway.Authentication is not { } proof || adapter.CallbackSecret is not { } secret)
        {
            return false;
        }

        return proof.Header is { } header
            ? CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers[header].ToString())), SHA256.HashData(Encoding.UTF8.GetBytes(secret)))
            : WebhookSignature.Proves(
                request.Headers[WebhookSignature.TimestampHeader].ToString(), request.Headers[WebhookSignature.SignatureHeader].ToString(), body, secret, now, OldestSignature);
    }

    /// <returns>Null: it is too long.</returns>
    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        var buffer = new byte[MostBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        return length > MostBytes ? null : buffer[..length];
    }
}
