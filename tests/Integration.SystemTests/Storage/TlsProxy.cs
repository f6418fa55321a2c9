using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Integration.SystemTests.Storage;

/// <summary>Takes TLS connections on a free port of 127.0.0.1 and passes what they say on to a server that speaks none.</summary>
/// <param name="certificate">What it shows.</param>
/// <param name="asksForClients">Whether a client must show a certificate too.</param>
internal sealed class TlsProxy(string host, int port, X509Certificate2 certificate, bool asksForClients) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private Task _serving = Task.CompletedTask;
    private volatile string? _lastClient;

    /// <summary>Subject of the last certificate that a client has shown; null when none was.</summary>
    public string? LastClient => _lastClient;

    /// <returns>Its port.</returns>
    public int Start()
    {
        _listener.Start();
        _serving = ServeAsync();
        return ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var incoming = client;
        using var outgoing = new TcpClient();
        try
        {
            await using var secure = new SslStream(incoming.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) =>
            {
                _lastClient = shown?.Subject ?? _lastClient;
                return !asksForClients || shown is not null;
            });
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ClientCertificateRequired = asksForClients }, _stop.Token);
            await outgoing.ConnectAsync(host, port, _stop.Token);
            await Task.WhenAny(secure.CopyToAsync(outgoing.GetStream(), _stop.Token), outgoing.GetStream().CopyToAsync(secure, _stop.Token));
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or SocketException)
        {
            // One side went away or did not trust the other, which the test looks at from the driver's side.
        }
    }
}
