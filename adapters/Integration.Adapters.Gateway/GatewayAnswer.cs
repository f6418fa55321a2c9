using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Messaging.Gateways;

namespace Integration.Adapters.Gateway;

/// <summary>What a provider's answer to one message means.</summary>
/// <param name="Result">Accepted, Rejected (for good: the next channel), or anything else: the same again later.</param>
/// <param name="MessageId">The provider's id; null: it gave none.</param>
/// <param name="Reason">Its words about a refusal; empty: none.</param>
internal sealed record GatewayAnswer(SendResult Result, string? MessageId, string Reason)
{
    private const int MostOfAReason = 200;

    /// <summary>Reads an answer by the rules of its channel; where none fits, by its HTTP status (RFC 9110 §15).</summary>
    /// <param name="body">Its beginning, at most some kilobytes.</param>
    /// <param name="now">UTC.</param>
    public static GatewayAnswer Read(GatewayChannel how, int status, RetryConditionHeaderValue? retryAfter, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var json = Parse(body);
        var reason = how.Reason?.TextOf(json) ?? (status is >= 200 and <= 299 && json is not null ? "" : Encoding.UTF8.GetString(body[..Math.Min(body.Length, MostOfAReason)]));
        reason = new string([.. reason.Take(MostOfAReason).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        var text = reason.Length > 0 ? $"HTTP {status}: {reason}" : $"HTTP {status}";
        var pause = Backoff.Asked(retryAfter, now);
        SendResult result = how.Rules.FirstOrDefault(rule => rule.Fits(status, json))?.Meaning switch
        {
            AnswerMeaning.Accepted => new SendResult.Accepted(),
            AnswerMeaning.Rejected => new SendResult.Rejected(text),
            AnswerMeaning.Again when status is 429 or 503 => new SendResult.Busy(pause, $"HTTP {status}"),
            AnswerMeaning.Again => new SendResult.Refused(text),
            _ => OfStatus(status, pause, text),
        };
        return new GatewayAnswer(result, how.MessageId?.TextOf(json), reason);
    }

    private static SendResult OfStatus(int status, TimeSpan? pause, string text) => status switch
    {
        429 or 503 => new SendResult.Busy(pause, $"HTTP {status}"),
        408 => new SendResult.TimedOut(),

        // Not the message's fault: the address is wrong, somebody stands in between, the key is not known there. Messages wait until that is mended.
        (>= 300 and < 400) or 401 or 403 or 404 or 405 or 407 => new SendResult.Unreachable($"HTTP {status}. Check Url and the secrets of the gateway."),
        502 or 504 => new SendResult.Unreachable($"HTTP {status}"),
        >= 500 => new SendResult.Refused(text),
        >= 400 => new SendResult.Rejected(text),
        _ => new SendResult.Refused($"{text}. No rule of the gateway's file knows this answer."),
    };

    private static JsonNode? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
