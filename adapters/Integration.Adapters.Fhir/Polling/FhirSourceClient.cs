using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.Json;
using Integration.Adapters.Fhir.Parsing;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Fhir.Polling;

/// <summary>Asks a FHIR server: waits when it says so, tries again when an answer comes cut, and gets a new token when the old one ends. Not for many threads.</summary>
internal sealed class FhirSourceClient(HttpClient client, FhirTokens tokens, TimeProvider time)
{
    /// <summary>Tries of one request in a row before the round is given up; the next round begins where the last whole page ended.</summary>
    private const int MaxTries = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>What a server may make us wait; longer, and the round ends.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private const string Unauthorized = "The server does not let us in (401). Check Authentication of the feed.";

    /// <summary>A request to read something.</summary>
    public static HttpRequestMessage Get(Uri address, string accept = "application/fhir+json")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return request;
    }

    /// <summary>A page, a whole Bundle.</summary>
    /// <exception cref="FhirSourceException">It is not to be had.</exception>
    public Task<JsonElement> GetAsync(Uri address, CancellationToken cancellationToken) => SendAsync(() => Get(address), ReadBundleAsync, cancellationToken);

    /// <summary>Sends a request until it is answered as it should be, as often as that makes sense.</summary>
    /// <param name="create">Makes the request anew for each try.</param>
    /// <param name="read">Reads the answer; null: it is what answers of its status usually are.</param>
    /// <param name="withToken">Say who we are.</param>
    /// <param name="keepOpen">What is read holds the answer, whose content is still to come, and ends it.</param>
    /// <exception cref="FhirSourceException">It is not to be had.</exception>
    public async Task<T> SendAsync<T>(
        Func<HttpRequestMessage> create, Func<HttpResponseMessage, CancellationToken, Task<FhirTry<T>?>> read, CancellationToken cancellationToken,
        bool withToken = true, bool keepOpen = false)
    {
        var renew = false;
        var renewed = false;
        for (var attempt = 1; ; attempt++)
        {
            using var request = create();
            request.Headers.Authorization = withToken ? await tokens.GetAsync(renew, cancellationToken) : null;
            var (value, problem, wait) = await TryAsync(request, read, keepOpen, cancellationToken);
            if (problem is null)
            {
                return value!;
            }

            renew = problem == Unauthorized && tokens.CanRenew && !renewed;
            if (renew)
            {
                renewed = true;
                continue;
            }

            if (wait is null || attempt >= MaxTries)
            {
                throw new FhirSourceException(problem);
            }

            await Task.Delay(wait.Value > TimeSpan.Zero ? wait.Value : Pause(attempt), time, cancellationToken);
        }
    }

    private static async Task<FhirTry<JsonElement>?> ReadBundleAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var text = FhirText.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return text is { Root: { } root, Type: "Bundle" }
            ? FhirTry.Of(root)
            : FhirTry.Again<JsonElement>("The server's answer is no Bundle of FHIR R4 in JSON, or was cut.", TimeSpan.Zero);
    }

    private async Task<FhirTry<T>> TryAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, Task<FhirTry<T>?>> read, bool keepOpen, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            response = await client.SendAsync(request, keepOpen ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, cancellationToken);
            var tried = await read(response, cancellationToken) ?? Refused<T>(response);
            if (keepOpen && tried.Problem is null)
            {
                response = null;
            }

            return tried;
        }
        catch (HttpRequestException e) when (e.GetBaseException() is AuthenticationException refused)
        {
            return FhirTry.Fail<T>($"No TLS with the server: {refused.Message} Check Authentication:Tls.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return FhirTry.Again<T>($"The server cannot be reached, or broke off ({(e as HttpRequestException)?.HttpRequestError.ToString() ?? e.GetType().Name}).", TimeSpan.Zero);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private FhirTry<T> Refused<T>(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized => FhirTry.Fail<T>(Unauthorized),
        HttpStatusCode.Forbidden => FhirTry.Fail<T>("The server does not let us read this (403). Check Scope and the account's rights."),
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => FhirTry.Again<T>($"The server asks us to wait ({(int)response.StatusCode}).", WaitOf(response)),
        >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout => FhirTry.Again<T>($"The server answers {(int)response.StatusCode}.", TimeSpan.Zero),
        _ => FhirTry.Fail<T>($"The server answers {(int)response.StatusCode} to what it is asked. Check BaseUrl, Types and what the server can do."),
    };

    /// <summary>How long the answer asks us to wait; null: longer than a round may.</summary>
    private TimeSpan? WaitOf(HttpResponseMessage response)
    {
        var wait = Backoff.Asked(response.Headers.RetryAfter, time.GetUtcNow()) ?? TimeSpan.Zero;
        return wait > LongestWait ? null : wait;
    }

    private static TimeSpan Pause(int attempt) => Backoff.Doubled(FirstPause, attempt - 1, LongestPause);

    /// <summary>How FHIR searches write a moment: <c>2026-03-01T08:00:00.000Z</c>.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <summary>What one try brought.</summary>
/// <param name="Value">What was asked for, where there is no problem.</param>
/// <param name="Problem">Why it is not to be had, one line for an operator; null: it is.</param>
/// <param name="Wait">How long to wait before it is tried again: zero for as long as we like, null for not at all.</param>
internal sealed record FhirTry<T>(T? Value, string? Problem, TimeSpan? Wait);

/// <summary>Makes <see cref="FhirTry{T}"/>.</summary>
internal static class FhirTry
{
    public static FhirTry<T> Of<T>(T value) => new(value, null, null);

    public static FhirTry<T> Fail<T>(string problem) => new(default, problem, null);

    /// <param name="wait">See <see cref="FhirTry{T}.Wait"/>.</param>
    public static FhirTry<T> Again<T>(string problem, TimeSpan? wait) => new(default, problem, wait);
}
