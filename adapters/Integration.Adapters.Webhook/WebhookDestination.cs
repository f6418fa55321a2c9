using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Integration.Core.Delivery;
using Integration.Core.Events;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Webhook;

/// <summary>Posts events to one address as CloudEvents, signed. Redirects are not followed: they would carry events where nobody asked for them.</summary>
internal sealed class WebhookDestination : IOutboundAdapter
{
    private const int MostOfAnAnswer = 200;

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly TlsIdentity? _tls;
    private readonly HttpClient _client;

    public WebhookDestination(string name, WebhookOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _tls = options.Tls is null ? null : new TlsIdentity($"Destination {name}", options.Tls, time, logger);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),   // so that a changed name or certificate is noticed
        };
        if (_tls is not null)
        {
            handler.ConnectCallback = ConnectAsync;
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Description => $"CloudEvents to {_options.Url.GetLeftPart(UriPartial.Path)}";

    public CertificateStatus? Certificate => _tls?.Status;

    public async ValueTask<SendResult> SendAsync(ReadOnlyMemory<byte> content, string controlId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var request = RequestOf(content, controlId);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return WebhookAnswer.Read(response.StatusCode, response.Headers.RetryAfter, await BeginningAsync(response, limit.Token), _time.GetUtcNow());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult.TimedOut();
        }
        catch (HttpRequestException e)
        {
            return new SendResult.Unreachable(ReasonOf(e));
        }
        catch (IOException)
        {
            return new SendResult.Unreachable("The connection broke before the answer.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _tls?.Dispose();
        return ValueTask.CompletedTask;
    }

    private HttpRequestMessage RequestOf(ReadOnlyMemory<byte> content, string id)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = new ReadOnlyMemoryContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(CloudEvent.ContentType) { CharSet = "utf-8" };
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(timestamp, content.Span, _options.Secrets));
        return request;
    }

    /// <summary>The beginning of what a refusal says, for the person who looks into it; read no further, however much the receiver sends.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return "";
        }

        var buffer = new byte[MostOfAnAnswer];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = System.Text.Encoding.UTF8.GetString(buffer, 0, length);
        return new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return _options.Url.Scheme == "https" ? await _tls!.ConnectAsync(stream, context.DnsEndPoint.Host, cancellationToken) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string ReasonOf(HttpRequestException e) => e.InnerException switch
    {
        SocketException socket => $"No connection: {socket.SocketErrorCode}.",
        AuthenticationException => "TLS: the certificate is not trusted, or the two agree on no version.",
        _ => $"The connection broke: {e.HttpRequestError}.",
    };
}
