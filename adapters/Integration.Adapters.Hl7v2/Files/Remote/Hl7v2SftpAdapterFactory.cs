using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Makes <c>Hl7v2.Sftp</c> feeds.</summary>
internal sealed class Hl7v2SftpAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<SftpOptions>(AdapterName, environment)
{
    public const string AdapterName = "Hl7v2.Sftp";

    private static readonly string[] Keys = [.. FilePickupSettings.Keys, "Host", "User", "KeyFile", "KnownHosts", "Program"];

    protected override SftpOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"an {AdapterName} feed", Keys);
        var defaults = new SftpOptions();
        return new SftpOptions(RemoteSettings.Read(settings))
        {
            Host = RemoteSettings.Host(settings, usualPort: 22) ?? defaults.Host,
            User = RemoteSettings.User(settings),
            KeyFile = RemoteSettings.RequiredFile(settings, "KeyFile", "the private key to sign in with"),
            KnownHosts = RemoteSettings.RequiredFile(settings, "KnownHosts", "the key of the server, as ssh-keyscan writes it"),
            Program = settings.Text("Program") ?? defaults.Program,
        };
    }

    protected override IInboundAdapter Create(string feed, SftpOptions options, IMessageIntake intake) =>
        Hl7FileFormat.Feed(feed, options, new SftpFolder(options, time), ledger(), intake, time, loggers.CreateLogger<FilePickupAdapter>(), wakeUps);
}
