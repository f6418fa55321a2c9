using System.Globalization;
using System.Net.Http.Headers;
using Integration.Core.Delivery;
using Integration.Core.Events;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Webhook;

/// <summary>Posts events to one address as CloudEvents, signed.</summary>
internal sealed class WebhookDestination(string name, WebhookOptions options, TimeProvider time, ILogger logger) : IOutboundAdapter
{
    private readonly WebhookClient _client = new(name, options.Tls, time, logger);

    public string Description => $"CloudEvents to {options.Url.GetLeftPart(UriPartial.Path)}";

    public CertificateStatus? Certificate => _client.Certificate;

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = RequestOf(content, controlId);
        return await _client.SendAsync(request, timeout, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage RequestOf(ReadOnlyMemory<byte> content, string id)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ReadOnlyMemoryContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(CloudEvent.ContentType) { CharSet = "utf-8" };
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(timestamp, content.Span, options.Secrets));
        return request;
    }
}
