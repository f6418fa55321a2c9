using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Integration.Tests.Hl7v2;

/// <summary>An authority of its own and what it issues, in files of a temporary folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    public const string Password = "only for this test";

    private readonly X509Certificate2 _authority = IssueAuthority("Test Authority");
    private readonly X509Certificate2 _stranger = IssueAuthority("Somebody Else");

    public string Folder { get; } = Directory.CreateTempSubdirectory("integration-tls-").FullName;

    /// <summary>PEM file of the authority that is trusted.</summary>
    public string AuthorityFile => Write("authority.pem", _authority.ExportCertificatePem());

    /// <summary>PEM file with certificate and key.</summary>
    public string PemFile(string name, TimeSpan validity) => PemFile(name, Issue(name, validity));

    public string PemFile(string name, X509Certificate2 certificate) =>
        Write($"{name}.pem", certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

    /// <summary>PEM files with certificate and encrypted key apart.</summary>
    public (string Certificate, string Key) EncryptedPemFiles(string name)
    {
        using var certificate = Issue(name, TimeSpan.FromDays(365));
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        return (Write($"{name}.crt", certificate.ExportCertificatePem()),
            Write($"{name}.key", certificate.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem(Password, parameters)));
    }

    public string PfxFile(string name)
    {
        var file = Path.Combine(Folder, $"{name}.pfx");
        using var certificate = Issue(name, TimeSpan.FromDays(365));
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pfx, Password));
        return file;
    }

    /// <summary>With its key, for localhost and 127.0.0.1, usable on both sides.</summary>
    /// <param name="validity">From now on; negative: it has ended so long ago.</param>
    public X509Certificate2 Issue(string name, TimeSpan validity, bool byStranger = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var ends = DateTimeOffset.UtcNow + validity;
        using var issued = request.Create(byStranger ? _stranger : _authority, ends.AddDays(-400), ends, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Write(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static X509Certificate2 IssueAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-5), DateTimeOffset.UtcNow.AddYears(10));
    }
}
