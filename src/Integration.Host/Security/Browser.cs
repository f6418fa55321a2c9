namespace Integration.Host.Security;

/// <summary>What a request tells about the browser that sent it.</summary>
internal static class Browser
{
    /// <summary>Whether a person waits for a page, so that a redirect helps; programs get a status and a problem instead.</summary>
    public static bool WantsPage(HttpRequest request) =>
        !IsForPrograms(request.Path) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the path belongs to the API rather than to the console.</summary>
    public static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/fhir") || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/metrics") || path.StartsWithSegments("/health");

    /// <summary>
    /// Whether a page of another site made the browser send this. Browsers say so in <c>Sec-Fetch-Site</c> (W3C Fetch Metadata) on
    /// https and loopback, in <c>Origin</c> (RFC 6454 §7) elsewhere. Programs send neither and are not other sites.
    /// </summary>
    public static bool IsFromOtherSite(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        // "null" is what our own pages send, since they ask for no referrer; the strict cookie guards that case.
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && origin != "null"
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The address if it is a path on this server, else <c>/</c>: a sign-in must not send anyone to another site.</summary>
    public static string LocalUrl(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : "/";
}
