using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Makes <c>Hl7v2.Ftp</c> feeds.</summary>
internal sealed class Hl7v2FtpAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<FtpOptions>(AdapterName, environment)
{
    public const string AdapterName = "Hl7v2.Ftp";

    private static readonly string[] Keys = [.. FilePickupSettings.Keys, "Host", "User", "Password", .. TlsSettings.ConnectKeys];

    protected override FtpOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"an {AdapterName} feed", Keys);
        var defaults = new FtpOptions();
        var options = new FtpOptions(RemoteSettings.Read(settings))
        {
            Host = RemoteSettings.Host(settings, usualPort: 21) ?? defaults.Host,
            User = RemoteSettings.User(settings),
            Password = settings.Text("Password") ?? "",
            Tls = TlsSettings.ReadForConnecting(settings),
        };
        if (options.Password.Any(char.IsControl))
        {
            settings.Report("Password", "It holds a control character.", $"Give it by environment as Feeds__{settings.Name}__Password.");
        }

        return options;
    }

    protected override IInboundAdapter Create(string feed, FtpOptions options, IMessageIntake intake)
    {
        var logger = loggers.CreateLogger<FilePickupAdapter>();
        var tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, logger);
        return Hl7FileFormat.Feed(feed, options, new FtpFolder(options, tls), ledger(), intake, time, logger, wakeUps);
    }
}
