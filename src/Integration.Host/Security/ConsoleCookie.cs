using Integration.Host.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Integration.Host.Security;

/// <summary>
/// The session of a person at the console: 12 hours after the last use, gone with the browser window, since wards share
/// computers. SameSite=Strict keeps other sites from using it.
/// </summary>
internal static class ConsoleCookie
{
    public const string Name = "integration";

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.SlidingExpiration = true;
        options.Events.OnRedirectToLogin = context => ChallengeAsync(context.HttpContext);
        options.Events.OnRedirectToAccessDenied = context =>
            ApiProblem.Forbidden(context.HttpContext, "This session may not do this.").AnswerAsync(context.HttpContext);
        options.Events.OnValidatePrincipal = EndWithItsKeyAsync;
    }

    /// <summary>Sends a browser to the sign-in page and tells a program what is missing.</summary>
    private static Task ChallengeAsync(HttpContext context)
    {
        if (!Browser.WantsPage(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"integration\"";
            return ApiProblem.KeyNeeded(context, "Send a key in the header X-Api-Key or as Authorization: Bearer.").AnswerAsync(context);
        }

        context.Response.Redirect("/signin?returnUrl=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString));
        return Task.CompletedTask;
    }

    private static async Task EndWithItsKeyAsync(CookieValidatePrincipalContext context)
    {
        var keyring = context.HttpContext.RequestServices.GetRequiredService<ApiKeyring>();
        if (context.Principal?.FindFirst(Schemes.KeyFingerprintClaim) is { } opened && !keyring.Holds(opened.Value))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Schemes.Console);
        }
    }
}
