using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Integration.Core.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Security;

/// <summary>A web server over TLS that demands a certificate of who connects, remembers whose it was, and answers every request alike.</summary>
internal sealed class TlsWebListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TlsIdentity _identity;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public TlsWebListener(TlsOptions options)
    {
        _identity = new TlsIdentity("test", options with { ClientCertificates = ClientCertificates.Required }, TimeProvider.System, NullLogger.Instance);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/fhir");

    /// <summary>Common name of each client whose request was answered, in order.</summary>
    public ConcurrentQueue<string> Clients { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _identity.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await AnswerAsync(client);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // Who shows no certificate that is trusted gets no answer.
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await using var secured = await _identity.AcceptAsync(client.GetStream(), _stop.Token);
        using var reader = new StreamReader(secured, Encoding.Latin1, leaveOpen: true);
        var length = 0;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            length = line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) ? int.Parse(line[15..], System.Globalization.CultureInfo.InvariantCulture) : length;
        }

        if (length > 0)
        {
            await reader.ReadBlockAsync(new char[length], _stop.Token);
        }

        Clients.Enqueue(((X509Certificate2)secured.RemoteCertificate!).GetNameInfo(X509NameType.SimpleName, false));
        await secured.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8.ToArray(), _stop.Token);
    }
}
