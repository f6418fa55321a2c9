using Integration.Core.Security;
using Integration.Core.Settings;
using Integration.Tests.Hl7v2;
using Microsoft.Extensions.Configuration;

namespace Integration.Tests.Security;

public sealed class TlsSettingsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void ReadForListening_NothingSet_IsNoTls()
    {
        Assert.Null(TlsSettings.ReadForListening(Reader()));
        Assert.Null(TlsSettings.ReadForListening(Reader(("Enabled", "false"), ("Certificate", "kept for later.pem"))));
        Assert.Null(TlsSettings.ReadForConnecting(Reader()));
    }

    [Fact]
    public void Read_EverythingSet_IsTaken()
    {
        var (certificate, key) = _certificates.EncryptedPemFiles("server");
        var reader = Reader(
            ("Certificate", certificate), ("Key", key), ("CertificatePassword", TestCertificates.Password), ("ClientCertificates", "required"),
            ("TrustedAuthorities", _certificates.AuthorityFile), ("HandshakeTimeout", "00:00:05"));

        var options = TlsSettings.ReadForListening(reader)!;

        Assert.Empty(reader.Problems);
        Assert.Equal(
            new TlsOptions
            {
                CertificateFile = certificate,
                KeyFile = key,
                Password = TestCertificates.Password,
                ClientCertificates = ClientCertificates.Required,
                TrustedAuthoritiesFile = _certificates.AuthorityFile,
                HandshakeTimeout = TimeSpan.FromSeconds(5),
            },
            options);
    }

    [Fact]
    public void ReadForConnecting_OnlyEnabled_TrustsTheSystem()
    {
        var reader = Reader(("Enabled", "true"), ("ServerName", "lis"));

        Assert.Equal(new TlsOptions { ServerName = "lis" }, TlsSettings.ReadForConnecting(reader));
        Assert.Empty(reader.Problems);
    }

    [Fact]
    public void ReadForListening_UnusableFiles_AreProblemsAndNotExceptions()
    {
        var pfx = _certificates.PfxFile("server");
        var (certificate, key) = _certificates.EncryptedPemFiles("server");

        Assert.Equal(["Feeds:his:Tls:Certificate"], Problems(("ClientCertificates", "none")));
        Assert.Equal(["Feeds:his:Tls:Certificate"], Problems(("Certificate", "no such.pem")));
        Assert.Equal(["Feeds:his:Tls:Certificate"], Problems(("Certificate", pfx), ("CertificatePassword", "wrong")));
        Assert.Equal(["Feeds:his:Tls:Certificate"], Problems(("Certificate", certificate)));
        Assert.Equal(["Feeds:his:Tls:Certificate"], Problems(("Certificate", certificate), ("Key", key)));
        Assert.Equal(
            ["Feeds:his:Tls:TrustedAuthorities"], Problems(("Certificate", _certificates.PemFile("a", TimeSpan.FromDays(1))), ("ClientCertificates", "optional")));
        Assert.Equal(
            ["Feeds:his:Tls:TrustedAuthorities"], Problems(("Certificate", _certificates.PemFile("a", TimeSpan.FromDays(1))), ("TrustedAuthorities", pfx)));
    }

    private static IEnumerable<string> Problems(params (string Key, string Value)[] settings)
    {
        var reader = Reader(settings);
        TlsSettings.ReadForListening(reader);
        return reader.Problems.Select(p => p.Place);
    }

    private static SettingsReader Reader(params (string Key, string Value)[] settings) => new(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Feeds:his:Tls:{s.Key}", (string?)s.Value))).Build()
            .GetSection("Feeds:his"));
}
