using System.Globalization;
using Integration.Core.Delivery;
using Integration.Core.Incidents;
using Integration.Core.Operations;
using Integration.Host.Security;
using Microsoft.AspNetCore.Antiforgery;

namespace Integration.Host.Console;

/// <summary>What the pages' forms and language links do. Each ends in a redirect, so that reloading a page never repeats an action.</summary>
internal static class ConsoleActions
{
    public static void MapConsoleActions(this WebApplication app)
    {
        app.MapFollowUpActions();
        app.MapPatientActions();
        app.MapGet("/language/{language}", SwitchLanguage).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/messages/{id}/replay", ReplayAsync)
            .RequireAuthorization(Policies.Operate)
            .WithMetadata(new RequireAntiforgeryTokenAttribute())
            .ExcludeFromDescription();
        app.MapPost("/deliveries/{id}/retry", RetryDeliveryAsync).RequireAuthorization(Policies.Operate).WithMetadata(new RequireAntiforgeryTokenAttribute())
            .ExcludeFromDescription();
        app.MapPost("/destinations/{name}/retry-failed", RetryFailedAsync).RequireAuthorization(Policies.Operate)
            .WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();
        app.MapPost("/incidents/{id}/acknowledge", AcknowledgeAsync).RequireAuthorization(Policies.Operate)
            .WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();
        app.MapPost("/incidents/{id}/mute", MuteAsync).RequireAuthorization(Policies.Operate)
            .WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();
        foreach (var (path, kind) in new[] { ("retry", OperationKind.Retry), ("discard", OperationKind.Discard) })
        {
            app.MapPost("/dead-letters/" + path, (HttpContext context, MessageOperations operations, IAntiforgery antiforgery) => StartAsync(kind, context, operations, antiforgery))
                .RequireAuthorization(Policies.Operate)
                .WithMetadata(new RequireAntiforgeryTokenAttribute())
                .ExcludeFromDescription();
        }
    }

    private static async Task<IResult> RetryDeliveryAsync(
        string id, string? returnUrl, HttpContext context, DeliveryOutbox outbox, Redelivery redelivery, IDestinationBoard board, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await redelivery.OneAsync(id, Actor.Of(context), context.RequestAborted);
        if (await outbox.GetAsync(id, withContent: false, context.RequestAborted) is { } stored)
        {
            board.TryNow(stored.Delivery.Destination);
        }

        return Results.LocalRedirect(Browser.LocalUrl(returnUrl));
    }

    private static async Task<IResult> RetryFailedAsync(
        string name, HttpContext context, Redelivery redelivery, IDestinationBoard board, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await redelivery.RangeAsync(new RedeliverySelection(name, null, null, WithDone: false), Actor.Of(context), context.RequestAborted);
        board.TryNow(name);
        return Results.LocalRedirect("/destinations");
    }

    private static async Task<IResult> StartAsync(OperationKind kind, HttpContext context, MessageOperations operations, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (cause, reason) = (form["cause"].ToString(), form["reason"].ToString().Trim());
        if (cause.Length is 0 or > 200 || reason.Length > 500 || (kind == OperationKind.Discard && reason.Length == 0))
        {
            return Results.BadRequest();
        }

        await operations.StartAsync(kind, new MessageSelection(Cause: cause), Actor.Of(context), reason, context.RequestAborted);
        return Results.LocalRedirect("/dead-letters");
    }

    private static async Task<IResult> AcknowledgeAsync(string id, HttpContext context, IncidentStore incidents, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context) || await ReasonAsync(context) is not { } reason)
        {
            return Results.BadRequest();
        }

        await incidents.AcknowledgeAsync(id, Actor.Of(context), reason, context.RequestAborted);
        return Results.LocalRedirect("/incidents");
    }

    private static async Task<IResult> MuteAsync(string id, HttpContext context, IncidentStore incidents, IAntiforgery antiforgery, TimeProvider clock)
    {
        if (!await antiforgery.IsRequestValidAsync(context) || await ReasonAsync(context) is not { } reason
            || !int.TryParse(context.Request.Form["hours"], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || hours is < 1 or > 24 * 90)
        {
            return Results.BadRequest();
        }

        await incidents.MuteAsync(id, clock.GetUtcNow().AddHours(hours), Actor.Of(context), reason, context.RequestAborted);
        return Results.LocalRedirect("/incidents");
    }

    /// <returns>Null when none was given.</returns>
    private static async Task<string?> ReasonAsync(HttpContext context) =>
        (await context.Request.ReadFormAsync(context.RequestAborted))["reason"].ToString().Trim() is { Length: > 0 and <= 500 } reason ? reason : null;

    private static IResult SwitchLanguage(string language, string? returnUrl, HttpContext context)
    {
        ConsoleLanguage.Remember(context, language);
        return Results.LocalRedirect(Browser.LocalUrl(returnUrl));
    }

    private static async Task<IResult> ReplayAsync(string id, HttpContext context, MessageActions actions, IAntiforgery antiforgery, TimeProvider clock)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        // The run before this one is told apart from the one asked for by its time.
        var requested = await actions.ReplayAsync(id, Actor.Of(context), "", context.RequestAborted) is ActionResult.Done;
        var outcome = requested ? clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : "refused";
        return Results.LocalRedirect($"/messages/{Uri.EscapeDataString(id)}?replay={outcome}");
    }
}
