using System.Text.Json;
using Integration.Adapters.Dicom.DataSets;
using Integration.Adapters.Dicom.Json;
using Integration.Adapters.Dicom.Network;
using Integration.Adapters.Dicom.Store;
using Integration.Adapters.Shared.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Integration.Adapters.Dicom.Stow;

/// <summary>
/// Store transaction of STOW-RS, DICOM PS3.18 §10.5: instances as <c>multipart/related</c> parts, whole (<c>application/dicom</c>) or as metadata
/// (<c>application/dicom+json</c>) with bulk data behind it. Each part is read as it arrives, up to its pixels, and these are read past.
/// </summary>
internal sealed class StowEndpoint(string feed, DicomStowOptions options, IInstanceReceiver receiver, ILogger logger) : IHttpApplication<HttpContext>
{
    private const string Whole = "application/dicom";
    private const string Json = "application/dicom+json";

    /// <summary>Instances have no AE title here: settings by title stand under this one.</summary>
    private const string Sender = "STOW-RS";

    private const int MaxJsonBytes = 32 * 1024 * 1024;
    private const int RetrySeconds = 30;

    private readonly HttpCredentials _credentials = new(options.Credentials, "dicom-web");

    /// <summary>Character sets of senders, of which all have the same here.</summary>
    /// <param name="charset">Null: as they declare.</param>
    public static IReadOnlyDictionary<string, string> CharsetsOf(string? charset) =>
        charset is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [Sender] = charset };

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held beside the features, which the server owns.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var request = context.Request;
        if (!_credentials.Allow(request))
        {
            WebLog.Unauthorized(logger, feed, Peer(context));
            _credentials.Challenge(context.Response);
            await RefuseAsync(context, 401, "Send the key of this feed as X-Api-Key, or its name and password by Basic authentication.");
        }
        else if (!TryStudy(request.Path, out var study))
        {
            await RefuseAsync(context, 404, $"Instances are posted to {options.Path}/studies, or to a study below it.");
        }
        else if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = "POST";
            await RefuseAsync(context, 405, "Only POST is served: instances are taken in, not given out.");
        }
        else if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/related", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 } boundary)
        {
            await RefuseAsync(context, 415, $"Send multipart/related with a boundary and parts of {Whole} or {Json}.");
        }
        else
        {
            await ReceiveAsync(context, boundary.ToString(), study);
        }
    }

    private async Task ReceiveAsync(HttpContext context, string boundary, string? study)
    {
        var answer = new StowAnswer();
        try
        {
            // Parts are not limited in their length: pixels are read past.
            var parts = new MultipartReader(boundary, context.Request.Body) { BodyLengthLimit = null };
            while (await parts.ReadNextSectionAsync(context.RequestAborted) is { } part)
            {
                await ReceiveAsync(part, study, answer, context.RequestAborted);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            // What was read before is kept, and known again when it is sent once more.
            await RefuseAsync(context, 400, "The body is no multipart message, or broke off. Send all instances again.");
            return;
        }

        if (answer.IsStoreAway)
        {
            context.Response.Headers.RetryAfter = RetrySeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = answer.Code;
        context.Response.ContentType = Json;
        await context.Response.Body.WriteAsync(answer.Write(), context.RequestAborted);
    }

    private async Task ReceiveAsync(MultipartSection part, string? study, StowAnswer answer, CancellationToken cancellationToken)
    {
        var type = MediaTypeHeaderValue.TryParse(part.ContentType, out var parsed) ? parsed.MediaType.ToString() : "";
        if (type.Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            foreach (var (instance, error) in await ReadJsonAsync(part.Body, cancellationToken))
            {
                await TakeAsync(instance, error, study, answer, cancellationToken);
            }
        }
        else if (type.Equals(Whole, StringComparison.OrdinalIgnoreCase))
        {
            var read = await DicomReader.ReadFileAsync(part.Body, DicomReadLimits.Usual, cancellationToken);
            await part.Body.CopyToAsync(Stream.Null, cancellationToken);   // the pixels, before the store is asked
            await TakeAsync(read.DataSet, read.Error?.ToString(), study, answer, cancellationToken);
        }

        // All else is bulk data, which the next part's beginning is found behind.
    }

    private async Task TakeAsync(DicomDataSet? instance, string? error, string? study, StowAnswer answer, CancellationToken cancellationToken)
    {
        if (instance is null)
        {
            DicomLog.Unreadable(logger, feed, Sender, error!);
            answer.Add(null, DimseStatus.Unreadable(DimseCommand.StoreRequest, error!));
            return;
        }

        answer.Add(instance, InstanceCheck.Of(instance, studyUid: study) ?? await receiver.AcceptAsync(instance, Sender, cancellationToken));
    }

    private static async Task<IReadOnlyList<(DicomDataSet? Instance, string? Error)>> ReadJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var piece = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(piece, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > MaxJsonBytes)
            {
                return [(null, $"The metadata is longer than {MaxJsonBytes} bytes.")];
            }

            bytes.Write(piece, 0, read);
        }

        try
        {
            using var json = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
            return json.RootElement.ValueKind == JsonValueKind.Array
                ? [.. json.RootElement.EnumerateArray().Select(item => (DicomJsonReader.Read(item, out var error), error))]
                : [(null, "The metadata is no list of data sets.")];
        }
        catch (JsonException exception)
        {
            return [(null, $"The metadata is no JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).")];
        }
    }

    /// <param name="study">Null: of any study.</param>
    private bool TryStudy(PathString path, out string? study)
    {
        study = null;
        if (!path.StartsWithSegments(options.Path, StringComparison.Ordinal, out var below) || !below.StartsWithSegments("/studies", StringComparison.Ordinal, out var rest))
        {
            return false;
        }

        study = rest.HasValue && rest.Value!.Length > 1 ? rest.Value[1..] : null;
        return study?.Contains('/', StringComparison.Ordinal) != true;
    }

    private static async Task RefuseAsync(HttpContext context, int code, string text)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }

    private static string Peer(HttpContext context) => $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
}
