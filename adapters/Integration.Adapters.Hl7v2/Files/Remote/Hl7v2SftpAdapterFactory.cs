using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files.Remote;

/// <summary>Makes <c>Hl7v2.Sftp</c> feeds.</summary>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class Hl7v2SftpAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IInboundAdapterFactory
{
    public const string AdapterName = "Hl7v2.Sftp";

    private static readonly string[] Keys = [.. FilePickupSettings.Keys, "Host", "User", "KeyFile", "KnownHosts", "Program"];

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings) => Read(settings).Problems;

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var (options, problems) = Read(settings);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : Hl7FileFormat.Feed(feed, options, new SftpFolder(options, time), ledger(), intake, time, loggers.CreateLogger<FilePickupAdapter>());
    }

    private (SftpOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var settings = new SettingsReader(section, environment?.ContentRootPath);
        settings.CheckKeys($"an {AdapterName} feed", Keys);
        var defaults = new SftpOptions();
        var options = new SftpOptions(RemoteSettings.Read(settings))
        {
            Host = RemoteSettings.Host(settings, usualPort: 22) ?? defaults.Host,
            User = RemoteSettings.User(settings),
            KeyFile = RemoteSettings.RequiredFile(settings, "KeyFile", "the private key to sign in with"),
            KnownHosts = RemoteSettings.RequiredFile(settings, "KnownHosts", "the key of the server, as ssh-keyscan writes it"),
            Program = settings.Text("Program") ?? defaults.Program,
        };
        return (options, settings.Problems);
    }
}
