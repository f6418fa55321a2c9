using Integration.Core.Security;
using Integration.Tests.Hl7v2;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Security;

/// <summary>HTTPS with a certificate of ours, against a listener that demands one.</summary>
public sealed class TlsHttpHandlerTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private TlsWebListener _server = null!;

    public ValueTask InitializeAsync()
    {
        _server = new TlsWebListener(new TlsOptions { CertificateFile = _certificates.PemFile("server", TimeSpan.FromDays(200)), TrustedAuthoritiesFile = _certificates.AuthorityFile });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task Send_CertificateFileChanges_ShowsTheNewOneWithoutARestart()
    {
        var file = _certificates.PemFile("first", TimeSpan.FromDays(100));
        using var identity = Identity(file);
        using var client = ClientOf(identity);

        using var before = await client.GetAsync(_server.Address);
        File.Copy(_certificates.PemFile("second", TimeSpan.FromDays(100)), file, overwrite: true);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(5));
        identity.Check();
        using var after = await client.GetAsync(_server.Address);

        Assert.True(before.IsSuccessStatusCode && after.IsSuccessStatusCode);
        Assert.Equal(["first", "second"], _server.Clients);
    }

    [Fact]
    public async Task Send_WithoutOrWithAStrangersCertificate_IsRefusedByTheServer()
    {
        using var none = Identity(null);
        using var strange = Identity(_certificates.PemFile("stranger", _certificates.Issue("stranger", TimeSpan.FromDays(100), byStranger: true)));

        foreach (var identity in new[] { none, strange })
        {
            using var client = ClientOf(identity);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(_server.Address));
        }

        Assert.Empty(_server.Clients);
    }

    [Theory]
    [InlineData("localhost", null)]
    [InlineData("emr.hospital", "for another host")]
    public async Task Send_ServerName_IsWhatTheServersCertificateMustCarry(string name, string? refusal)
    {
        using var identity = Identity(_certificates.PemFile("ours", TimeSpan.FromDays(100)), name);
        using var client = ClientOf(identity);

        var refused = await Record.ExceptionAsync(() => client.GetAsync(_server.Address));

        Assert.Equal(refusal is null, refused is null);
        Assert.Contains(refusal ?? "", refused?.GetBaseException().Message ?? "", StringComparison.Ordinal);
    }

    private TlsIdentity Identity(string? certificate, string? serverName = null) => new(
        "test", new TlsOptions { CertificateFile = certificate, TrustedAuthoritiesFile = _certificates.AuthorityFile, ServerName = serverName }, TimeProvider.System, NullLogger.Instance);

    private static HttpClient ClientOf(TlsIdentity identity) => new(identity.CreateHttpHandler(() => new SocketsHttpHandler())) { Timeout = TimeSpan.FromSeconds(20) };
}
