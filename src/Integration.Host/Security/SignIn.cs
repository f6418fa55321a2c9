using System.Security.Claims;
using Integration.Host.Api;
using Microsoft.AspNetCore.Authentication;

namespace Integration.Host.Security;

/// <summary>
/// How a person gets into the console and out of it. The page <c>/signin</c> with the form belongs to the console; it is told why
/// it is shown again by <c>?error=key</c> (nobody holds it), <c>link</c> (used up or too old) or <c>wait</c> (too many failures).
/// </summary>
internal static partial class SignIn
{
    private const string Page = "/signin";

    public static void MapSignIn(this WebApplication app)
    {
        // Before the page of the same address, which a Razor component also maps for POST.
        app.MapPost(Page, WithKeyAsync).WithOrder(-1).AllowAnonymous().ExcludeFromDescription();
        app.MapGet(Page + "/{token}", WithLinkAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/signout", OutAsync).WithOrder(-1).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Form fields <c>key</c> and, optional, <c>returnUrl</c>.</summary>
    private static async Task WithKeyAsync(HttpContext context, ApiKeyring keyring, FailedAttempts failures, ILoggerFactory loggers)
    {
        if (await IsForeignAsync(context))
        {
            return;
        }

        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var key = form["key"].ToString().Trim();
        var returnUrl = Browser.LocalUrl(form["returnUrl"]);
        var address = context.Connection.RemoteIpAddress;
        var wait = failures.BlockedFor(address);
        if (wait is null && keyring.Match(key) is { } holder)
        {
            SignedIn(loggers.CreateLogger(typeof(SignIn).FullName!), holder.Name);
            await context.SignInAsync(Schemes.Console, ApiKeyAuthentication.PrincipalOf(holder, Schemes.Console));
            GoOn(context, returnUrl);
            return;
        }

        wait ??= failures.Note(address, ApiKeyring.HashOf(key));
        await RefuseAsync(context, wait, wait is null ? "key" : "wait", "Nobody holds the key that was sent.", returnUrl);
    }

    private static async Task WithLinkAsync(string token, HttpContext context, ConsoleLink link, FailedAttempts failures, ILoggerFactory loggers)
    {
        var address = context.Connection.RemoteIpAddress;
        var wait = failures.BlockedFor(address);
        if (wait is null && link.Redeem(token))
        {
            SignedIn(loggers.CreateLogger(typeof(SignIn).FullName!), "one-time link");
            await context.SignInAsync(Schemes.Console, new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, "console-link")], Schemes.Console)));

            // A redirect would still count as coming from the site that showed the link, a mail page say, and a strict cookie is
            // not sent then. A page that goes on by itself starts afresh.
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync(
                "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url=/\"><title>Integration</title><a href=\"/\">→</a>",
                context.RequestAborted);
            return;
        }

        wait ??= failures.Note(address, ApiKeyring.HashOf(token));
        await RefuseAsync(context, wait, wait is null ? "link" : "wait", "The link was used before or is too old.", "/");
    }

    private static async Task OutAsync(HttpContext context)
    {
        if (await IsForeignAsync(context))
        {
            return;
        }

        await context.SignOutAsync(Schemes.Console);
        GoOn(context, Page);
    }

    private static async Task<bool> IsForeignAsync(HttpContext context)
    {
        if (!Browser.IsFromOtherSite(context.Request))
        {
            return false;
        }

        await ApiProblem.Forbidden(context, "Another site's page sent this. Open the sign-in page of this server.").ExecuteAsync(context);
        return true;
    }

    private static Task RefuseAsync(HttpContext context, TimeSpan? wait, string error, string detail, string returnUrl)
    {
        if (Browser.WantsPage(context.Request))
        {
            GoOn(context, $"{Page}?error={error}&returnUrl={Uri.EscapeDataString(returnUrl)}");
            return Task.CompletedTask;
        }

        return wait is { } time
            ? ApiKeyAuthentication.RefuseAsync(context, time)
            : ApiProblem.KeyNeeded(context, detail).ExecuteAsync(context);
    }

    // 303: whatever the method was, go on with GET (RFC 9110 §15.4.4).
    private static void GoOn(HttpContext context, string url)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = url;
    }

    [LoggerMessage(EventId = 7101, Level = LogLevel.Information, Message = "Console session opened by {Holder}")]
    private static partial void SignedIn(ILogger logger, string holder);
}
