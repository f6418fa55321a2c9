using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Integration.Host.Console.Views;
using Integration.Host.Security;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;

namespace Integration.Host.Console;

/// <summary>The page that ops staff keep open: Blazor components rendered on the server, each request a whole page.</summary>
internal static class OpsConsoleRegistration
{
    /// <summary>Needs the engine's IFeedBoard, MessageJournal, PatientRecordStore, IMessageParser and TimeProvider.</summary>
    public static IServiceCollection AddOpsConsole(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddCascadingAuthenticationState();
        services.AddOptions<ConsoleOptions>().BindConfiguration(ConsoleOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ConsoleOptions>, ConsoleOptionsValidator>();
        services.AddSingleton<DisplayTime>();

        // Chinese goes out as UTF-8 rather than as &#x…;, which would be three times as long.
        services.Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new RequestCulture(ConsoleLanguage.English);
            options.SupportedCultures = [CultureInfo.GetCultureInfo(ConsoleLanguage.English)];
            options.SupportedUICultures = [.. ConsoleLanguage.Supported.Select(CultureInfo.GetCultureInfo)];
        });
        return services;
    }

    /// <summary>Maps the pages and what they load and post to. Call it behind authentication and authorization.</summary>
    public static WebApplication MapOpsConsole(this WebApplication app)
    {
        // Pages only: the API answers alike whatever language a browser asks for.
        app.UseWhen(IsPage, pages => pages.UseRequestLocalization());
        app.UseAntiforgery();
        app.Use(ShowNotFound);
        app.MapConsoleAssets();
        app.MapConsoleActions();
        app.MapRazorComponents<App>();
        return app;
    }

    // A person who mistyped an address gets a page; programs get the bare 404.
    private static Task ShowNotFound(HttpContext context, RequestDelegate next) =>
        IsUnknownPage(context)
            ? new RazorComponentResult<App> { StatusCode = StatusCodes.Status404NotFound }.ExecuteAsync(context)
            : next(context);

    private static bool IsPage(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null || IsUnknownPage(context);

    private static bool IsUnknownPage(HttpContext context) =>
        context.GetEndpoint() is null && HttpMethods.IsGet(context.Request.Method) && Browser.WantsPage(context.Request);
}
