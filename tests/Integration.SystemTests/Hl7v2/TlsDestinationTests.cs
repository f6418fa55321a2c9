using System.Net;
using Integration.Adapters.Hl7v2.Mllp;
using Integration.Tests.Hl7v2;

namespace Integration.SystemTests.Hl7v2;

/// <summary>One engine tells another over mutual TLS.</summary>
public sealed class TlsDestinationTests
{
    [Fact]
    public async Task Destination_OverMutualTls_DeliversAndShowsItsCertificate()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var certificates = new TestCertificates();
        var server = certificates.PemFile("server", TimeSpan.FromDays(365));
        var hub = certificates.PemFile("hub.hospital", TimeSpan.FromDays(20.5));
        using var data = new TemporaryFolder();
        using var far = new TemporaryFolder();
        await using var receiver = await EngineProcess.StartAsync(
            far.Path, cancellationToken, $"--Feeds:his:Tls:Certificate={server}", "--Feeds:his:Tls:ClientCertificates=Required",
            $"--Feeds:his:Tls:TrustedAuthorities={certificates.AuthorityFile}");
        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken,
            [
                .. DeliveryWatch.Destination("far", receiver.MllpPort, "UNICODE UTF-8"), $"--Destinations:far:Tls:Certificate={hub}",
                $"--Destinations:far:Tls:TrustedAuthorities={certificates.AuthorityFile}",
            ]);

        await using (var his = await MllpSender.ConnectAsync("127.0.0.1", engine.MllpPort, TimeSpan.FromSeconds(20), cancellationToken))
        {
            Assert.True((await his.SendAsync(SampleMessages.Admission("T1"), cancellationToken)).IsAccepted);
        }

        Assert.Equal("done", (string)Assert.Single(await engine.RestingAsync("far", 1, cancellationToken))["state"]!);
        await receiver.DrainAsync(TimeSpan.FromSeconds(30), cancellationToken);
        var patient = Assert.Single((await receiver.GetJsonAsync("/api/v1/patients?identifier=K0001", cancellationToken))["items"]!.AsArray());
        Assert.Equal("欧阳玘", (string)patient!["name"]!);

        var certificate = Assert.Single((await engine.GetJsonAsync("/api/v1/destinations", cancellationToken))["items"]!.AsArray())!["certificate"]!;
        Assert.Equal(("hub.hospital", "expiring"), ((string)certificate["subject"]!, (string)certificate["state"]!));
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() });
        using var opened = await browser.GetAsync(engine.ConsoleLink, cancellationToken);
        var page = await browser.GetStringAsync(new Uri(engine.Api.BaseAddress!, "/destinations"), cancellationToken);
        Assert.Matches("class=\"certificate certificate-expiring\">[^<]*hub\\.hospital[^<]*20", page);
    }
}
