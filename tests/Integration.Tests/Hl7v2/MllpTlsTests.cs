using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Core.Security;

namespace Integration.Tests.Hl7v2;

/// <summary>TLS and mutual TLS on the MLLP server.</summary>
public sealed class MllpTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task When_TLS_is_on_Should_answer_over_it_and_refuse_plain_text()
    {
        await using var host = await StartAsync(ClientCertificates.None);
        using var plain = await host.ConnectRawAsync();
        await plain.WriteAsync(MllpFraming.Wrap(AdapterHost.Message("PLAIN")), TestContext.Current.CancellationToken);

        Assert.Equal("AA C1", await SendAsync(host, "C1", certificate: null));
        Assert.Equal("C1", Assert.Single(host.Intake.Messages).ControlId);
        Assert.Equal($"MLLP server on 127.0.0.1:0, TLS", host.Adapter.Description);
    }

    [Theory]
    [InlineData(ClientCertificates.Required, "none", false)]
    [InlineData(ClientCertificates.Required, "trusted", true)]
    [InlineData(ClientCertificates.Required, "stranger", false)]
    [InlineData(ClientCertificates.Required, "expired", false)]
    [InlineData(ClientCertificates.Optional, "none", true)]
    [InlineData(ClientCertificates.Optional, "trusted", true)]
    [InlineData(ClientCertificates.Optional, "stranger", false)]
    public async Task When_certificates_are_asked_for_Should_take_trusted_senders_only(ClientCertificates mode, string shown, bool isTaken)
    {
        await using var host = await StartAsync(mode);
        using var certificate = shown switch
        {
            "none" => null,
            "expired" => _certificates.Issue("sender", TimeSpan.FromDays(-1)),
            _ => _certificates.Issue("sender", TimeSpan.FromDays(9), byStranger: shown == "stranger"),
        };

        var answer = await TrySendAsync(host, certificate);

        Assert.Equal(isTaken ? "AA C1" : null, answer);
        Assert.Equal(isTaken ? 1 : 0, host.Intake.Messages.Count);
    }

    [Fact]
    public async Task When_the_handshake_does_not_begin_Should_close_in_time()
    {
        await using var host = await StartAsync(ClientCertificates.None, o => o with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) });
        using var silent = await host.ConnectRawAsync();

        Assert.Empty(await AdapterHost.ReadAnswersAsync(silent));
    }

    [Theory]
    [InlineData("pfx")]
    [InlineData("encrypted")]
    public async Task When_the_key_has_a_password_Should_use_it(string form)
    {
        var (certificate, key) = form == "pfx" ? (_certificates.PfxFile("server"), null) : _certificates.EncryptedPemFiles("server");
        await using var host = await AdapterHost.StartAsync(new()
        {
            Tls = new() { CertificateFile = certificate, KeyFile = key, Password = TestCertificates.Password },
        });

        Assert.Equal("AA C1", await SendAsync(host, "C1", certificate: null));
    }

    [Fact]
    public async Task When_the_certificate_has_twenty_days_left_Should_show_amber()
    {
        await using var host = await AdapterHost.StartAsync(new() { Tls = new() { CertificateFile = _certificates.PemFile("east", TimeSpan.FromDays(20)) } });

        var status = host.Adapter.Transport.Certificate!;

        Assert.Equal(("east", CertificateState.Expiring), (status.Subject, status.State));
        Assert.Equal(20, (status.Expires - DateTimeOffset.UtcNow).TotalDays, 0.1);
    }

    private async Task<AdapterHost> StartAsync(ClientCertificates mode, Func<TlsOptions, TlsOptions>? change = null)
    {
        var options = new TlsOptions
        {
            CertificateFile = _certificates.PemFile("server", TimeSpan.FromDays(365)),
            ClientCertificates = mode,
            TrustedAuthoritiesFile = _certificates.AuthorityFile,
        };
        return await AdapterHost.StartAsync(new() { Tls = change?.Invoke(options) ?? options });
    }

    /// <summary>Null when the server would not have it.</summary>
    private static async Task<string?> TrySendAsync(AdapterHost host, X509Certificate2? certificate)
    {
        try
        {
            return await SendAsync(host, "C1", certificate);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return null;
        }
    }

    private static async Task<string> SendAsync(AdapterHost host, string controlId, X509Certificate2? certificate)
    {
        await using var client = new SslStream(await host.ConnectRawAsync());
        using var patience = new CancellationTokenSource(AdapterHost.Patience);
        await client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = certificate is null ? null : [certificate],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            patience.Token);
        await client.WriteAsync(MllpFraming.Wrap(AdapterHost.Message(controlId)), patience.Token);
        var answer = new byte[1000];
        var length = await client.ReadAtLeastAsync(answer, 60, throwOnEndOfStream: true, patience.Token);
        Assert.True(client.SslProtocol is SslProtocols.Tls12 or SslProtocols.Tls13);
        var acknowledgment = Encoding.UTF8.GetString(answer.AsSpan(0, length)).Split('\r')[1].Split('|');
        return $"{acknowledgment[1]} {acknowledgment[2]}";
    }
}
