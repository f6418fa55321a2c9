using Integration.Adapters.Hl7v2.Files.Remote;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Integration.Tests.Hl7v2.Files;

public sealed class RemoteSettingsTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public void Sftp_NothingSet_NamesEverythingThatIsMissing() =>
        Assert.Equal("Feeds:lab:Host Feeds:lab:KeyFile Feeds:lab:KnownHosts Feeds:lab:Path Feeds:lab:User", Problems(Sftp()));

    [Fact]
    public void Sftp_ValuesThatWouldChangeTheCommand_AreRefused() =>
        Assert.Equal("Feeds:lab:Path Feeds:lab:User", Problems(
            Sftp(), ("Host", "files:22"), ("User", "-oProxyCommand=x"), ("Path", "/out\"\n!rm"), ("KeyFile", Existing), ("KnownHosts", Existing)));

    [Fact]
    public void Sftp_UnknownSetting_IsReported() =>
        Assert.Equal("Feeds:lab:Passwort", Problems(
            Sftp(), ("Host", "files:22"), ("User", "lab"), ("Path", "/out"), ("KeyFile", Existing), ("KnownHosts", Existing), ("Passwort", "x")));

    [Fact]
    public void Ftp_HostWithoutPort_IsReported() => Assert.Equal("Feeds:lab:Host", Problems(Ftp(), ("Host", "files"), ("User", "lab"), ("Path", "/")));

    [Fact]
    public async Task Ftp_Complete_SaysWhereItLooksAndNotThePassword()
    {
        var factory = Ftp();

        await using var adapter = factory.Create(
            "lab", Section(("Host", "files:21"), ("User", "lab"), ("Password", "secret"), ("Path", "/out"), ("Tls:Enabled", "true")), _engine.Intake);

        Assert.Equal("FTPS lab@files:21, folder /out, files *", adapter.Description);
    }

    private static string Existing => Path.Combine(RepositoryRoot.Path, "LICENSE");

    private Hl7v2SftpAdapterFactory Sftp() => new(() => new FileLedger(_engine.Store), TimeProvider.System, NullLoggerFactory.Instance);

    private Hl7v2FtpAdapterFactory Ftp() => new(() => new FileLedger(_engine.Store), TimeProvider.System, NullLoggerFactory.Instance);

    private static string Problems(IInboundAdapterFactory factory, params (string Key, string Value)[] settings) =>
        string.Join(' ', factory.Validate("lab", Section(settings)).Select(p => p.Place).Order(StringComparer.Ordinal));

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Feeds:lab:{s.Key}", (string?)s.Value)))
            .Build().GetSection("Feeds:lab");
}
