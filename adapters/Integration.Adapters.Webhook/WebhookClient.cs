using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Integration.Core.Delivery;
using Integration.Core.Security;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Webhook;

/// <summary>Sends one request and says what the answer means. Redirects are not followed: they would carry data where nobody asked for it. Safe for many threads.</summary>
internal sealed class WebhookClient : IDisposable
{
    private const int MostOfAnAnswer = 200;

    private readonly TimeProvider _time;
    private readonly TlsIdentity? _tls;
    private readonly HttpClient _client;

    /// <param name="destination">Its name, for the log.</param>
    /// <param name="tls">Our certificate and the authorities that we trust; null: those of the operating system.</param>
    public WebhookClient(string destination, TlsOptions? tls, TimeProvider time, ILogger logger)
    {
        _time = time;
        _tls = tls is null ? null : new TlsIdentity($"Destination {destination}", tls, time, logger);
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

    public CertificateStatus? Certificate => _tls?.Status;

    /// <param name="timeout">How long to wait for the answer.</param>
    public async ValueTask<SendResult> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
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

    public void Dispose()
    {
        _client.Dispose();
        _tls?.Dispose();
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
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        return new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return context.InitialRequestMessage.RequestUri!.Scheme == "https" ? await _tls!.ConnectAsync(stream, context.DnsEndPoint.Host, cancellationToken) : stream;
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
