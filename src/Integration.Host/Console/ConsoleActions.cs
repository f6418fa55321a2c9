using Integration.Core.Delivery;
using Integration.Core.Operations;
using Integration.Host.Api;
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
        app.MapPost("/deliveries/{id}/retry", RetryDeliveryAsync).RequireAuthorization(Policies.Operate).WithMetadata(new RequireAntiforgeryTokenAttribute())
            .ExcludeFromDescription();
        app.MapPost("/destinations/{name}/retry-failed", RetryFailedAsync).RequireAuthorization(Policies.Operate)
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
        string id, string? returnUrl, HttpContext context, DeliveryOutbox outbox, IDestinationBoard board, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await outbox.RetryAsync(id, context.RequestAborted);
        if (await outbox.GetAsync(id, withContent: false, context.RequestAborted) is { } stored)
        {
            board.TryNow(stored.Delivery.Destination);
        }

        return Results.LocalRedirect(Browser.LocalUrl(returnUrl));
    }

    private static async Task<IResult> RetryFailedAsync(
        string name, HttpContext context, DeliveryOutbox outbox, IDestinationBoard board, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        await outbox.RetryFailedAsync(name, context.RequestAborted);
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

        await operations.StartAsync(kind, new MessageSelection(Cause: cause), DeadLettersApi.ActorOf(context), reason, context.RequestAborted);
        return Results.LocalRedirect("/dead-letters");
    }

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
        var requested = await actions.ReplayAsync(id, DeadLettersApi.ActorOf(context), "", context.RequestAborted) is ActionResult.Done;
        var outcome = requested ? clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture) : "refused";
        return Results.LocalRedirect($"/messages/{Uri.EscapeDataString(id)}?replay={outcome}");
    }
}
