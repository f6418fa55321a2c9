using System.Net;
using System.Net.Http.Headers;
using Integration.Adapters.Fhir.Polling;
using Integration.Core.Diagnostics;

namespace Integration.Adapters.Fhir.Bulk;

/// <summary>A server that exports, as a client of Bulk Data Access v2.0.0 asks it. Not for many threads.</summary>
internal sealed class FhirBulkServer(FhirBulkOptions options, FhirSourceClient client, TimeProvider time)
{
    /// <summary>Between two looks at an export where the server does not say.</summary>
    private static readonly TimeSpan UsualLook = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(10);

    /// <summary>An export that takes longer is given up for this round; it is looked at again in the next.</summary>
    private static readonly TimeSpan LongestExport = TimeSpan.FromDays(1);

    /// <summary>Asks for an export.</summary>
    /// <param name="since">Only what changed since; null: everything.</param>
    /// <returns>Address of its status.</returns>
    /// <exception cref="FhirSourceException">It is not to be had.</exception>
    public Task<Uri> KickOffAsync(string? since, CancellationToken cancellationToken)
    {
        var level = options.Level switch { FhirBulkLevel.Patient => "/Patient", FhirBulkLevel.Group => $"/Group/{Uri.EscapeDataString(options.Group)}", _ => "" };
        string?[] parameters =
        [
            "_outputFormat=application%2Ffhir%2Bndjson",
            options.Types.Count == 0 ? null : $"_type={string.Join(',', options.Types)}",
            since is null ? null : $"_since={Uri.EscapeDataString(since)}",
        ];
        var address = new Uri($"{options.BaseUrl.AbsoluteUri.TrimEnd('/')}{level}/$export?{string.Join('&', parameters.OfType<string>())}");
        return client.SendAsync(() =>
        {
            var request = FhirSourceClient.Get(address);
            request.Headers.Add("Prefer", "respond-async");
            return request;
        }, (response, _) => Task.FromResult(StatusOf(address, response)), cancellationToken);
    }

    /// <summary>Waits until an export is done.</summary>
    /// <returns>Null: the server no longer has it, or it failed there; another one is to be asked for.</returns>
    /// <exception cref="FhirSourceException">The server cannot be used now, or the export takes too long.</exception>
    public async Task<FhirBulkManifest?> WaitAsync(Uri status, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < LongestExport;)
        {
            var look = await client.SendAsync(() => FhirSourceClient.Get(status), LookAsync, cancellationToken);
            if (look.Wait is not { } wait)
            {
                return look.Manifest;
            }

            await Task.Delay(wait, time, cancellationToken);
        }

        throw new FhirSourceException($"The server's export has not ended within {LongestExport}. It is looked at again.");
    }

    /// <summary>Opens a file.</summary>
    /// <param name="offset">Bytes that are not needed.</param>
    /// <param name="withToken">Say who we are.</param>
    /// <returns>The open answer, and at which byte of the file its content begins: the offset, or 0 where the server gives whole files only; null: there is nothing behind the offset.</returns>
    /// <exception cref="FhirSourceException">It is not to be had.</exception>
    public async Task<(HttpResponseMessage Response, long Begin)?> OpenAsync(FhirBulkFile file, long offset, bool withToken, CancellationToken cancellationToken)
    {
        if (withToken && !IsOurs(file.Url))
        {
            throw new FhirSourceException("The server's files are on another server and want our token, which that is not shown. Set BaseUrl to the address that its files have.");
        }

        var opened = await client.SendAsync(() =>
        {
            var request = FhirSourceClient.Get(file.Url, "application/fhir+ndjson");
            request.Headers.AcceptEncoding.ParseAdd("identity");   // bytes of the file are counted
            request.Headers.Range = offset > 0 ? new RangeHeaderValue(offset, null) : null;
            return request;
        }, (response, _) => Task.FromResult(OpenedOf(response, offset)), cancellationToken, withToken, keepOpen: true);
        return opened.Response is null ? null : (opened.Response, opened.Begin);
    }

    /// <summary>Tells the server that its files are no longer needed.</summary>
    /// <exception cref="FhirSourceException">It does not take that.</exception>
    public Task DeleteAsync(Uri status, CancellationToken cancellationToken) => client.SendAsync(
        () => new HttpRequestMessage(HttpMethod.Delete, status),
        (response, _) => Task.FromResult<FhirTry<bool>?>(response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotFound ? FhirTry.Of(true) : null), cancellationToken);

    private FhirTry<Uri>? StatusOf(Uri kickOff, HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Accepted)
        {
            return response.IsSuccessStatusCode ? FhirTry.Fail<Uri>("The server answers $export with something else than 202 Accepted. Check BaseUrl.") : null;
        }

        var location = response.Content.Headers.ContentLocation;
        var status = location is null ? null : new Uri(kickOff, location);
        return status is not null && IsOurs(status)
            ? FhirTry.Of(status)
            : FhirTry.Fail<Uri>("The server does not say where its export is looked at, or names another server. Set BaseUrl to the address that it has.");
    }

    private async Task<FhirTry<Look>?> LookAsync(HttpResponseMessage response, CancellationToken cancellationToken) => response.StatusCode switch
    {
        HttpStatusCode.OK => FhirTry.Of(new Look(FhirBulkManifest.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)), null)),
        HttpStatusCode.Accepted => FhirTry.Of(new Look(null, PauseOf(response.Headers.RetryAfter))),
        HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.InternalServerError => FhirTry.Of(new Look(null, null)),
        _ => null,
    };

    private static FhirTry<Opened>? OpenedOf(HttpResponseMessage response, long offset) => response.StatusCode switch
    {
        HttpStatusCode.OK => FhirTry.Of(new Opened(response, 0)),
        HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == offset => FhirTry.Of(new Opened(response, offset)),
        HttpStatusCode.RequestedRangeNotSatisfiable when offset > 0 && response.Content.Headers.ContentRange?.Length == offset => NothingLeft(response, offset),
        HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => FhirTry.Fail<Opened>("The server gives another part of a file than was asked for."),
        _ => null,
    };

    private static FhirTry<Opened> NothingLeft(HttpResponseMessage response, long offset)
    {
        response.Dispose();
        return FhirTry.Of(new Opened(null, offset));
    }

    private TimeSpan PauseOf(RetryConditionHeaderValue? retryAfter)
    {
        var pause = Backoff.Asked(retryAfter, time.GetUtcNow()) ?? UsualLook;
        return pause < ShortestLook ? ShortestLook : pause > LongestLook ? LongestLook : pause;
    }

    private bool IsOurs(Uri address) =>
        Uri.Compare(address, options.BaseUrl, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    private sealed record Look(FhirBulkManifest? Manifest, TimeSpan? Wait);

    private sealed record Opened(HttpResponseMessage? Response, long Begin);
}
