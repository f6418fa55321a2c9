using Integration.Core.Attachments;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Integration.Host.Api;

/// <summary>Documents and pictures that messages brought, which the record refers to as <c>Binary/ID</c>.</summary>
internal static class AttachmentsApi
{
    public static void MapAttachments(this RouteGroupBuilder api)
    {
        var attachments = api.MapGroup("/attachments").WithTags("Attachments");
        attachments.MapGet("/{id}", GetAsync).WithName("getAttachment").WithSummary("The content of a document or picture")
            .WithDescription("`id` is what stands behind `Binary/` in `Attachment.url`: the SHA-256 of the content.")
            .Produces<byte[]>(StatusCodes.Status200OK, System.Net.Mime.MediaTypeNames.Application.Octet).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, AttachmentStore attachments, CancellationToken cancellationToken)
    {
        if (await attachments.FindAsync(id, cancellationToken) is not { } attachment)
        {
            return ApiProblem.NotFound(context, "There is no attachment of this id.");
        }

        context.Response.ContentLength = attachment.Bytes;
        return TypedResults.Stream(
            async stream =>
            {
                await foreach (var piece in attachments.ReadAsync(attachment, cancellationToken))
                {
                    await stream.WriteAsync(piece, cancellationToken);
                }
            },
            attachment.ContentType, fileDownloadName: attachment.Id);
    }
}
