using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files;

/// <summary>Makes <c>Hl7v2.Folder</c> feeds.</summary>
/// <param name="environment">Relative folders in settings start at its content root; null: at the current folder.</param>
internal sealed class Hl7v2FolderAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IInboundAdapterFactory
{
    public const string AdapterName = "Hl7v2.Folder";

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings) => Read(settings).Problems;

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var (options, problems) = Read(settings);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : Hl7FileFormat.Feed(
                feed, options, new LocalFolder(options.Path, options.Pattern), ledger(), intake, time, loggers.CreateLogger<FilePickupAdapter>());
    }

    private (FilePickupOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var settings = new SettingsReader(section, environment?.ContentRootPath);
        settings.CheckKeys($"an {AdapterName} feed", FilePickupSettings.Keys);
        return (FilePickupSettings.Read(settings, isLocal: true), settings.Problems);
    }
}
