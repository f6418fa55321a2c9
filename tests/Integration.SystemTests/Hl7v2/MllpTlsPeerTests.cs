using System.Net;
using Integration.SystemTests.Peers;
using Integration.Tests.Hl7v2;

namespace Integration.SystemTests.Hl7v2;

/// <summary>OpenSSL's client before the MLLP server with TLS, and where ops staff see the certificate's end.</summary>
public sealed class MllpTlsPeerTests : IDisposable
{
    private const string OpenSsl = "/usr/bin/openssl";

    private readonly TestCertificates _certificates = new();
    private readonly TemporaryFolder _data = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task OpenSsl_WithAndWithoutCertificate_OnlyTheTrustedOneIsTaken()
    {
        Peer.Require(OpenSsl, "apt-get install openssl");
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var engine = await StartAsync(TimeSpan.FromDays(20), cancellationToken);
        var ours = _certificates.PemFile("sender", TimeSpan.FromDays(100));
        var theirs = _certificates.PemFile("stranger", _certificates.Issue("stranger", TimeSpan.FromDays(100), byStranger: true));

        Assert.Equal("AA T1", await SendAsync(engine.MllpPort, "T1", cancellationToken, "-cert", ours, "-key", ours));
        Assert.Equal("AA T2", await SendAsync(engine.MllpPort, "T2", cancellationToken, "-cert", ours, "-key", ours, "-tls1_2"));
        Assert.Null(await SendAsync(engine.MllpPort, "T3", cancellationToken));
        Assert.Null(await SendAsync(engine.MllpPort, "T4", cancellationToken, "-cert", theirs, "-key", theirs));
        Assert.Null(await SendAsync(engine.MllpPort, "T5", cancellationToken, "-cert", ours, "-key", ours, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"));

        var messages = await engine.GetAllAsync("/api/v1/messages?limit=50", cancellationToken);
        Assert.Equal(["T1", "T2"], messages.Select(m => (string)m["controlId"]!).Order());
        Assert.Contains("It showed no certificate.", engine.Output);
    }

    [Fact]
    public async Task Certificate_TwentyDaysFromItsEnd_IsAmberOnApiConsoleMetricsAndLog()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var engine = await StartAsync(TimeSpan.FromDays(20.5), cancellationToken);

        var feed = (await engine.GetJsonAsync("/api/v1/feeds", cancellationToken))["items"]!.AsArray().Single(f => (string)f!["name"]! == "his")!;
        var metrics = await engine.Api.GetStringAsync("/metrics", cancellationToken);
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() });
        await browser.GetStringAsync(engine.ConsoleLink, cancellationToken);
        var page = await browser.GetStringAsync(new Uri(engine.Api.BaseAddress!, "/"), cancellationToken);

        Assert.Equal(("server", "expiring"), ((string?)feed["certificate"]!["subject"], (string?)feed["certificate"]!["state"]));
        Assert.Matches("integration_feed_certificate_expiry_seconds\\{feed=\"his\"\\} 17[67]", metrics);
        Assert.Contains("certificate-expiring", page);
        Assert.Contains("the certificate 'server' expires in 20 days", engine.Output);
    }

    private Task<EngineProcess> StartAsync(TimeSpan validity, CancellationToken cancellationToken) => EngineProcess.StartAsync(
        _data.Path, cancellationToken,
        $"--Feeds:his:Tls:Certificate={_certificates.PemFile("server", validity)}", "--Feeds:his:Tls:ClientCertificates=required",
        $"--Feeds:his:Tls:TrustedAuthorities={_certificates.AuthorityFile}");

    /// <returns>Null when the server would not have it.</returns>
    private async Task<string?> SendAsync(int port, string controlId, CancellationToken cancellationToken, params string[] arguments)
    {
        await using var client = Peer.Start(
            OpenSsl, ["s_client", "-connect", $"127.0.0.1:{port}", "-quiet", "-verify_return_error", "-CAfile", _certificates.AuthorityFile, .. arguments]);
        try
        {
            await client.Input.WriteAsync(SampleMessages.Frame(SampleMessages.Admission(controlId)), cancellationToken);
            await client.Input.FlushAsync(cancellationToken);
            return SampleMessages.Acknowledgement(Assert.Single(await SampleMessages.ReadFramesAsync(client.Output, 1, cancellationToken)));
        }
        catch (IOException)
        {
            return null;   // refused: openssl has ended, before it took the message or after
        }
    }
}
