using System.Security.Cryptography;
using System.Text;
using Integration.Core.Attachments;
using Microsoft.Net.Http.Headers;

namespace Integration.Host.Fhir;

/// <summary>Documents and pictures that <c>Attachment.url</c> names, as they are, or as a Binary for who asks for FHIR. FHIR R4 binary.html.</summary>
internal static class BinaryContent
{
    public static async Task WriteAsync(HttpContext context)
    {
        var attachments = context.RequestServices.GetRequiredService<AttachmentStore>();
        var attachment = await attachments.FindAsync((string)context.GetRouteValue("id")!, context.RequestAborted) ?? throw FhirProblem.UnknownResource();
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = new EntityTagHeaderValue("\"1\"", isWeak: true);   // the id is the hash of the content: there is no other version
        headers.LastModified = attachment.Received;
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(headers.ETag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (WantsFhir(context.Request))
        {
            await WriteFhirAsync(context, attachments, attachment);
            return;
        }

        context.Response.ContentType = attachment.ContentType;
        context.Response.ContentLength = attachment.Bytes;
        await foreach (var piece in attachments.ReadAsync(attachment, context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        }
    }

    private static bool WantsFhir(HttpRequest request) =>
        request.Query["_format"].ToString().Contains("json", StringComparison.OrdinalIgnoreCase)
        || request.Headers.Accept.Any(type => type?.Contains("application/fhir+json", StringComparison.OrdinalIgnoreCase) == true);

    // Piece by piece, so that a document of any size is never in memory as a whole.
    private static async Task WriteFhirAsync(HttpContext context, AttachmentStore attachments, AttachmentDocument attachment)
    {
        var (body, cancellationToken) = (context.Response.Body, context.RequestAborted);
        context.Response.ContentType = FhirRequests.ContentType;
        var head = ResourceWriter.ToJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", FhirTypes.Binary);
            writer.WriteString("id", attachment.Id);
            writer.WriteString("contentType", attachment.ContentType);
            writer.WriteEndObject();
        });
        await body.WriteAsync(head[..^1], cancellationToken);
        await body.WriteAsync(",\"data\":\""u8.ToArray(), cancellationToken);
        await using (var base64 = new CryptoStream(body, new ToBase64Transform(), CryptoStreamMode.Write, leaveOpen: true))
        {
            await foreach (var piece in attachments.ReadAsync(attachment, cancellationToken))
            {
                await base64.WriteAsync(piece, cancellationToken);
            }
        }

        await body.WriteAsync(Encoding.UTF8.GetBytes("\"}"), cancellationToken);
    }
}
