using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Integration.Core.Delivery;
using Integration.Core.Records;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Webhook.Subscriptions;

/// <summary>
/// Notifies a subscriber as FHIR R4 rest-hook channels do (subscription.html §2.46.6.1): an empty POST, or the resource as an update. It is told of resources that
/// events name, if they are what its criteria ask for as they are now; a repeat sends what is newest.
/// </summary>
/// <param name="records">Asked for when something is sent: destinations are made before there is a record.</param>
internal sealed class SubscriptionDestination(string name, SubscriptionOptions options, Func<PatientRecordStore> records, TimeProvider time, ILogger logger) : IOutboundAdapter
{
    private readonly WebhookClient _client = new(name, options.Tls, time, logger);

    public string Description =>
        $"FHIR notifications{(options.Payload == SubscriptionPayload.Resource ? " with the resource" : "")} to {options.Url.GetLeftPart(UriPartial.Path)}"
        + (options.Criteria.Count > 0 ? $", {string.Join(", ", options.Criteria.Select(criteria => criteria.Text))}" : "");

    public CertificateStatus? Certificate => _client.Certificate;

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (SubjectOf(content) is not { } reference || await records().GetResourceAsync(reference, cancellationToken) is not { } document)
        {
            return new SendResult.Accepted();   // about no resource, or one that is gone: a notification says that there is something
        }

        var resource = WithMeta(document);
        if (options.Criteria.Count > 0 && !options.Criteria.Any(criteria => criteria.Type == document.Type && criteria.Matches(JsonSerializer.SerializeToElement(resource))))
        {
            return new SendResult.Accepted();
        }

        using var request = RequestOf(document, resource);
        return await _client.SendAsync(request, timeout, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary><c>Type/id</c> of a resource; null when the event is about something else: <c>patients/ID</c>, <c>feeds/NAME</c>.</summary>
    private static string? SubjectOf(ReadOnlyMemory<byte> cloudEvent)
    {
        using var e = JsonDocument.Parse(cloudEvent);
        return e.RootElement.GetProperty("subject").GetString() is { Length: > 0 } subject && char.IsAsciiLetterUpper(subject[0]) ? subject : null;
    }

    private HttpRequestMessage RequestOf(ResourceDocument document, JsonObject resource)
    {
        var request = options.Payload == SubscriptionPayload.None
            ? new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent([]) }
            : new HttpRequestMessage(HttpMethod.Put, new Uri($"{options.Url}/{document.Id}"))
            {
                Content = new StringContent(resource.ToJsonString(), new MediaTypeHeaderValue("application/fhir+json", "utf-8")),
            };
        foreach (var (header, value) in options.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(header, value);
            }
        }

        return request;
    }

    /// <summary>As the facade gives it out: with the version of the record, so that a subscriber can tell an old one from a new one.</summary>
    private static JsonObject WithMeta(ResourceDocument document)
    {
        var resource = document.Resource.DeepClone().AsObject();
        var meta = resource["meta"] as JsonObject ?? [];
        meta["versionId"] = document.Version.ToString(CultureInfo.InvariantCulture);
        meta["lastUpdated"] = document.LastUpdated.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        resource["meta"] = meta.Parent is null ? meta : meta.DeepClone();
        return resource;
    }
}
