using Integration.Core.Identity.Unmerging;
using Integration.Host.Api;
using Integration.Host.Security;
using Microsoft.AspNetCore.Antiforgery;

namespace Integration.Host.Console;

/// <summary>What the form of a patient's page does: it takes a wrong merge back.</summary>
internal static class PatientConsoleActions
{
    public static void MapPatientActions(this WebApplication app) => app.MapPost("/patients/{id}/unmerge", UnmergeAsync)
        .RequireAuthorization(Policies.Operate).WithMetadata(new RequireAntiforgeryTokenAttribute()).ExcludeFromDescription();

    private static async Task<IResult> UnmergeAsync(string id, HttpContext context, PatientUnmerging unmerging, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (keys, reason) = (form["identifier"].OfType<string>().ToList(), form["reason"].ToString().Trim());
        if (keys.Count == 0 || reason.Length is 0 or > PatientUnmergeApi.MaxReason)
        {
            return Results.BadRequest();
        }

        return await unmerging.UnmergeAsync(id, keys, Actor.Of(context), reason, context.RequestAborted) is UnmergeResult.Done done
            ? Results.LocalRedirect($"/patients/{Uri.EscapeDataString(done.UnmergedPatientId)}?from={Uri.EscapeDataString(done.PatientId)}")
            : Results.LocalRedirect($"/patients/{Uri.EscapeDataString(id)}?refused=1");
    }
}
