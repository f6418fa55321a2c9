using Integration.Core.Intake;
using Microsoft.AspNetCore.Http;

namespace Integration.Adapters.Shared.Web;

/// <summary>The body of a request to a feed.</summary>
/// <param name="Bytes">Its beginning where it is longer than allowed.</param>
/// <param name="IsWhole">It is not longer than allowed.</param>
internal readonly record struct RequestBody(byte[] Bytes, bool IsWhole)
{
    /// <summary>Bytes that are kept of a body that is too long.</summary>
    public const int BeginningBytes = 64 * 1024;

    /// <summary>Reads it no faster than the budget allows.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, IntakeBudget.Share share, int maxBytes)
    {
        var reader = context.Request.BodyReader;
        using var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, 1024 * 1024));
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            foreach (var piece in read.Buffer)
            {
                body.Write(piece.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            await share.GrowAsync(body.Length, context.RequestAborted);
            if (body.Length > maxBytes)
            {
                return new(body.GetBuffer()[..(int)Math.Min(body.Length, BeginningBytes)], false);
            }

            if (read.IsCompleted)
            {
                return new(body.ToArray(), true);
            }
        }
    }
}
