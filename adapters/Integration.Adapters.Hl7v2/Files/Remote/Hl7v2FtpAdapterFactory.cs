using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Makes <c>Hl7v2.Ftp</c> feeds.</summary>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class Hl7v2FtpAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IInboundAdapterFactory
{
    public const string AdapterName = "Hl7v2.Ftp";

    private static readonly string[] Keys = [.. FilePickupSettings.Keys, "Host", "User", "Password", .. TlsSettings.ConnectKeys];

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings) => Read(settings).Problems;

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var (options, problems) = Read(settings);
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }

        var logger = loggers.CreateLogger<FilePickupAdapter>();
        var tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, logger);
        return Hl7FileFormat.Feed(feed, options, new FtpFolder(options, tls), ledger(), intake, time, logger);
    }

    private (FtpOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var settings = new SettingsReader(section, environment?.ContentRootPath);
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

        return (options, settings.Problems);
    }
}
