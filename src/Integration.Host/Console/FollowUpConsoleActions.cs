using System.Text.Json.Nodes;
using Integration.Core.FollowUps.Work;
using Integration.Host.Console.Shared;
using Integration.Host.Security;
using Microsoft.AspNetCore.Antiforgery;

namespace Integration.Host.Console;

/// <summary>What the buttons of a piece of due work do; each ends in a redirect to it.</summary>
internal static class FollowUpConsoleActions
{
    /// <summary>Result of a try that reached nobody.</summary>
    public const string NotReached = "notReached";

    private const int MaxNote = 2000;

    public static void MapFollowUpActions(this WebApplication app) => app.MapPost("/follow-ups/{id}/act", ActAsync)
        .RequireAuthorization(Policies.Operate).WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();

    private static async Task<IResult> ActAsync(string id, HttpContext context, FollowUpActions actions, AnsweredFollowUps answered, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (action, note, to) = (form["action"].ToString(), form["note"].ToString().Trim(), form["to"].ToString().Trim());
        if (note.Length > MaxNote || to.Length > MaxNote)
        {
            return Results.BadRequest();
        }

        var result = action == "done" && AnswersIn(form) is { } answers
            ? await answered.FinishAsync(id, FollowUpState.Done, Actor.Of(context), note, answers, Actor.Of(context), context.RequestAborted)
            : await RunAsync(actions, id, action, note, to, Actor.Of(context), context.RequestAborted);
        return Results.LocalRedirect($"/follow-ups/{Uri.EscapeDataString(id)}" + result switch
        {
            FollowUpActionResult.Done => "",
            FollowUpActionResult.WrongAnswers wrong => $"?wrong={Uri.EscapeDataString(string.Join(',', wrong.Problems.Select(problem => problem.LinkId)))}#follow-up-form",
            _ => "?refused=1",
        });
    }

    /// <summary>What was filled in, by linkId; null where the page had no form.</summary>
    private static JsonObject? AnswersIn(IFormCollection form)
    {
        var answers = new JsonObject();
        var hasForm = false;
        foreach (var (name, values) in form.Where(field => field.Key.StartsWith(FormFields.Prefix, StringComparison.Ordinal)))
        {
            hasForm = true;
            var given = values.Where(value => !string.IsNullOrWhiteSpace(value)).ToList();
            if (given.Count > 0)
            {
                answers[name[FormFields.Prefix.Length..]] = new JsonArray([.. given.Select(value => (JsonNode?)value)]);
            }
        }

        return hasForm ? answers : null;
    }

    /// <returns>Null when something is missing.</returns>
    private static async ValueTask<FollowUpActionResult?> RunAsync(
        FollowUpActions actions, string id, string action, string note, string to, string actor, CancellationToken cancellationToken) => action switch
        {
            "claim" => await actions.ClaimAsync(id, actor, actor, cancellationToken),
            "assign" when to.Length > 0 => await actions.AssignAsync(id, to, note, actor, cancellationToken),
            "release" => await actions.ReleaseAsync(id, actor, cancellationToken),
            "comment" when note.Length > 0 => await actions.CommentAsync(id, actor, note, actor, cancellationToken),
            "attempt" => await actions.AttemptAsync(id, actor, NotReached, reached: false, note, actor, cancellationToken),
            "done" => await actions.FinishAsync(id, FollowUpState.Done, actor, note, answers: null, actor, cancellationToken),
            "refused" => await actions.FinishAsync(id, FollowUpState.Refused, actor, note, answers: null, actor, cancellationToken),
            "lost" => await actions.FinishAsync(id, FollowUpState.Lost, actor, note, answers: null, actor, cancellationToken),
            "cancel" => await actions.CancelAsync(id, note, actor, cancellationToken),
            "reopen" => await actions.ReopenAsync(id, note, actor, cancellationToken),
            _ => null,
        };
}
