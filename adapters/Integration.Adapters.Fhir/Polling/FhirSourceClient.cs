using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Gets pages from a FHIR server: waits when it says so, tries again when a page comes cut, and gets a new token when the old one ends. Not for many threads.</summary>
internal sealed class FhirSourceClient(HttpClient client, FhirTokens tokens, TimeProvider time)
{
    /// <summary>Tries of one page in a row before the round is given up; the next round begins where the last whole page ended.</summary>
    private const int MaxTries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>What a server may make us wait; longer, and the round ends.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>A page, a whole Bundle.</summary>
    /// <exception cref="FhirSourceException">It is not to be had.</exception>
    public async Task<JsonElement> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        var renew = false;
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            var (page, problem, wait) = await TryAsync(address, renew, cancellationToken);
            if (page is { } got)
            {
                return got;
            }

            renew = problem == Unauthorized && tokens.CanRenew && !renewed;
            if (renew)
            {
                renewed = true;
                continue;
            }

            if (wait is null || attempt >= MaxTries)
            {
                throw new FhirSourceException(problem!);
            }

            await Task.Delay(wait.Value > TimeSpan.Zero ? wait.Value : Pause(attempt), time, cancellationToken);
        }
    }

    private const string Unauthorized = "The server does not let us in (401). Check Authentication of the feed.";

    /// <returns>A page; or what is wrong and how long to wait before it is tried again: zero for as long as we like, null for not at all.</returns>
    private async Task<(JsonElement? Page, string? Problem, TimeSpan? Wait)> TryAsync(Uri address, bool renew, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/fhir+json"));
        request.Headers.Authorization = await tokens.GetAsync(renew, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                var text = FhirText.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
                return text is { Root: { } root, Type: "Bundle" }
                    ? (root, null, null)
                    : (null, "The server's answer is no Bundle of FHIR R4 in JSON, or was cut.", TimeSpan.Zero);
            }

            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => (null, Unauthorized, null),
                HttpStatusCode.Forbidden => (null, "The server does not let us read this (403). Check Scope and the account's rights.", null),
                HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => (null, $"The server asks us to wait ({(int)response.StatusCode}).", WaitOf(response)),
                >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => (null, $"The server answers {(int)response.StatusCode}.", TimeSpan.Zero),
                _ => (null, $"The server answers {(int)response.StatusCode} to a search by _lastUpdated. Check BaseUrl and Types.", null),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, $"The server cannot be reached, or broke off ({(e as HttpRequestException)?.HttpRequestError.ToString() ?? e.GetType().Name}).", TimeSpan.Zero);
        }
    }

    /// <summary>Retry-After as seconds or as a date (RFC 9110 §10.2.3); null: longer than a round may wait.</summary>
    private TimeSpan? WaitOf(HttpResponseMessage response)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        return wait > LongestWait ? null : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static TimeSpan Pause(int attempt) => Core.Diagnostics.Backoff.Doubled(FirstPause, attempt - 1, LongestPause);

    /// <summary>How FHIR searches write a moment: <c>2026-03-01T08:00:00.000Z</c>.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
