using Integration.Core.Intake;
using Integration.Host.Security;
using Microsoft.AspNetCore.Antiforgery;

namespace Integration.Host.Console;

/// <summary>What the pages' forms and language links do. Each ends in a redirect, so that reloading a page never repeats an action.</summary>
internal static class ConsoleActions
{
    public static void MapConsoleActions(this WebApplication app)
    {
        app.MapGet("/language/{language}", SwitchLanguage).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/messages/{id}/replay", ReplayAsync)
            .RequireAuthorization(Policies.Operate)
            .WithMetadata(new RequireAntiforgeryTokenAttribute())
            .ExcludeFromDescription();
    }

    private static IResult SwitchLanguage(string language, string? returnUrl, HttpContext context)
    {
        ConsoleLanguage.Remember(context, language);
        return Results.LocalRedirect(Browser.LocalUrl(returnUrl));
    }

    private static async Task<IResult> ReplayAsync(string id, HttpContext context, MessageJournal journal, IAntiforgery antiforgery, TimeProvider clock)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        // The run before this one is told apart from the one asked for by its time.
        var requested = await journal.RequestReplayAsync(id, context.RequestAborted);
        var outcome = requested ? clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture) : "refused";
        return Results.LocalRedirect($"/messages/{Uri.EscapeDataString(id)}?replay={outcome}");
    }
}
