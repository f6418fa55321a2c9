using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Integration.SystemTests.Peers;

/// <summary>FEATURES row 19: files are picked up from an independent FTP server (pyftpdlib) by the real program.</summary>
public sealed class FtpPeerTests
{
    private const string Python = "/usr/bin/python3";
    private const string Library = "/usr/lib/python3/dist-packages/pyftpdlib/__init__.py";
    private const string Password = "password of the tests";

    [Theory]
    [InlineData("")]
    [InlineData("plain")]   // without MLSD and EPSV, as old servers are
    [InlineData("tls")]
    public async Task Files_OnAnFtpServer_AreTakenOnceAndMovedThere(string kind)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(Library, "python3-pyftpdlib");
        using var data = new TemporaryFolder();
        using var server = new TemporaryFolder();
        using var keys = new TemporaryFolder();
        var port = FreePort.Next();
        var inbox = Directory.CreateDirectory(Path.Combine(server.Path, "out")).FullName;
        await File.WriteAllTextAsync(Path.Combine(inbox, "结果 one.hl7"), PickedUpFiles.Batch(0, 30, withControlIds: false), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(inbox, "two.hl7"), PickedUpFiles.Batch(30, 10, withControlIds: true), cancellationToken);
        Directory.CreateDirectory(Path.Combine(inbox, "a folder"));
        var certificate = Path.Combine(keys.Path, "server.pem");
        await WriteCertificateAsync(certificate, cancellationToken);
        string[] mode = kind switch { "tls" => ["tls", certificate], "plain" => ["plain"], _ => [] };
        await using var ftp = await PeerProgram.StartAsync(
            Python, port, cancellationToken, [Path.Combine(RepositoryRoot.Path, "tests", "Integration.SystemTests", "Peers", "ftp_server.py"), $"{port}", server.Path, "lab", Password, .. mode]);

        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken,
            [
                "--Feeds:his:Enabled=false", "--Feeds:inbox:Adapter=Hl7v2.Ftp", $"--Feeds:inbox:Host=127.0.0.1:{port}", "--Feeds:inbox:User=lab",
                $"--Feeds:inbox:Password={Password}", "--Feeds:inbox:Path=/out", "--Feeds:inbox:MinAge=00:00:00", "--Feeds:inbox:Poll=00:00:00.5",
                "--Feeds:inbox:AssigningAuthority=HIS", .. kind == "tls" ? [$"--Feeds:inbox:Tls:TrustedAuthorities={certificate}"] : Array.Empty<string>(),
            ]);
        var files = await PickedUpFiles.WaitForFilesAsync(engine, inbox, 2, cancellationToken);
        File.Copy(Path.Combine(inbox, "processed", "two.hl7"), Path.Combine(inbox, "two.hl7"));
        var feed = await PickedUpFiles.WaitForFeedAsync(engine, "inbox", f => (int)f["files"]!["copies"]! == 1, cancellationToken);
        await PickedUpFiles.WaitForFilesAsync(engine, inbox, 2, cancellationToken);
        await engine.DrainAsync(TimeSpan.FromSeconds(30), cancellationToken);

        Assert.All(files, f => Assert.Equal("done", (string)f["state"]!));
        Assert.Equal("running", (string)feed["state"]!);
        Assert.Equal(40, (await engine.GetAllAsync("/api/v1/messages?feed=inbox&limit=500", cancellationToken)).Count);
        Assert.Equal(
            ["two.hl7", "two.hl7.duplicate", "结果 one.hl7"],
            Directory.GetFiles(Path.Combine(inbox, "processed")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(inbox));
        Assert.DoesNotContain(Password, engine.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatRefusesThePassword_IsAFaultInOneLine()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        PeerProgram.Need(Library, "python3-pyftpdlib");
        using var data = new TemporaryFolder();
        using var server = new TemporaryFolder();
        var port = FreePort.Next();
        await using var ftp = await PeerProgram.StartAsync(
            Python, port, cancellationToken, Path.Combine(RepositoryRoot.Path, "tests", "Integration.SystemTests", "Peers", "ftp_server.py"), $"{port}", server.Path, "lab", Password);

        await using var engine = await EngineProcess.StartAsync(
            data.Path, cancellationToken, "--Feeds:his:Enabled=false", "--Feeds:inbox:Adapter=Hl7v2.Ftp", $"--Feeds:inbox:Host=127.0.0.1:{port}",
            "--Feeds:inbox:User=lab", "--Feeds:inbox:Password=another", "--Feeds:inbox:Path=/", "--Feeds:inbox:Poll=00:00:00.1");
        var feed = await PickedUpFiles.WaitForFeedAsync(engine, "inbox", f => (string)f["state"]! == "faulted", cancellationToken);

        Assert.Contains("530", (string)feed["problem"]!, StringComparison.Ordinal);
    }

    /// <summary>A certificate for 127.0.0.1 that is its own authority, with its key, as PEM.</summary>
    internal static async Task WriteCertificateAsync(string file, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(100));
        await File.WriteAllTextAsync(file, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n", cancellationToken);
    }
}
