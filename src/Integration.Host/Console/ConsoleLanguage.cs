using Microsoft.AspNetCore.Localization;

namespace Integration.Host.Console;

/// <summary>Languages of the console, and the cookie that remembers a person's choice. Without one the browser's Accept-Language decides.</summary>
internal static class ConsoleLanguage
{
    public const string English = "en";

    public const string Chinese = "zh-CN";

    /// <summary>With the neutral <c>zh</c>, so that browsers set to any Chinese get Chinese.</summary>
    public static readonly IReadOnlyList<string> Supported = [English, Chinese, "zh"];

    /// <summary>Remembers the choice for a year. Unknown languages are ignored.</summary>
    public static void Remember(HttpContext context, string? language)
    {
        if (language is English or Chinese)
        {
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(English, language)),
                new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, Path = "/", IsEssential = true });
        }
    }
}
