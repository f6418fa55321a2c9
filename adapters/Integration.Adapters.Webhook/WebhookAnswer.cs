using System.Net;
using System.Net.Http.Headers;
using Integration.Core.Delivery;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Webhook;

/// <summary>What a receiver's answer means. RFC 9110 §15.</summary>
internal static class WebhookAnswer
{
    /// <param name="retryAfter">Header Retry-After; null when it was not sent.</param>
    /// <param name="beginning">Of the answer's body; may be empty.</param>
    /// <param name="now">UTC.</param>
    public static SendResult Read(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, string beginning, DateTimeOffset now)
    {
        var text = $"HTTP {(int)status}{(beginning.Length > 0 ? $": {beginning}" : "")}";
        return (int)status switch
        {
            >= 200 and < 300 => new SendResult.Accepted(),
            410 => new SendResult.Gone($"{text}. It wants no events any more; remove the destination, or retry when it does."),
            429 or 503 => new SendResult.Busy(Backoff.Asked(retryAfter, now), text),
            408 => new SendResult.TimedOut(),

            // Not the event's fault: the address is wrong, somebody stands in between, the key is not known there. Events wait until that is mended.
            >= 300 and < 400 => new SendResult.Unreachable($"{text}. Redirects are not followed: set Url to the new address."),
            401 or 403 or 404 or 405 or 407 => new SendResult.Unreachable($"{text}. Check Url and the keys on both sides."),
            502 or 504 => new SendResult.Unreachable(text),

            // The receiver failed on this one, or says that it never will take it.
            >= 500 => new SendResult.Refused(text),
            _ => new SendResult.Rejected(text),
        };
    }
}
