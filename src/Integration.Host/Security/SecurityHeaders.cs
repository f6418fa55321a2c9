using Microsoft.Extensions.Primitives;

namespace Integration.Host.Security;

/// <summary>Headers that hold a browser back. On every answer.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Everything from this server only. Inline styles stay allowed, since Blazor's virtual lists set heights by style attributes;
    /// inline scripts do not. 'self' covers Blazor's web socket (CSP Level 3 §6.7.2.8).
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // Last of all, so that what a component set weaker is overwritten.
        context.Response.OnStarting(Set, context);
        return next(context);
    });

    private static Task Set(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";

        // Answers about patients must not lie in caches of browsers and proxies.
        if (Browser.IsForPrograms(context.Request.Path) || context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
        {
            headers.CacheControl = new StringValues("no-store");
        }

        return Task.CompletedTask;
    }
}
