using Integration.Adapters.Shared.Files;
using Integration.Core.Diagnostics;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Files;

/// <summary>Makes <c>Fhir.Folder</c> feeds.</summary>
/// <param name="environment">Relative folders in settings start at its content root; null: at the current folder.</param>
internal sealed class FhirFolderAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IInboundAdapterFactory
{
    public const string AdapterName = "Fhir.Folder";

    public string Name => AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(string feed, IConfigurationSection settings) => Read(settings).Problems;

    public IInboundAdapter Create(string feed, IConfigurationSection settings, IMessageIntake intake)
    {
        var (options, pickup, problems) = Read(settings);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new FilePickupAdapter(
                feed, pickup, new LocalFolder(pickup.Path, pickup.Pattern), new FhirFileFormat(feed, options, intake), ledger(), time,
                loggers.CreateLogger<FilePickupAdapter>());
    }

    private (FhirFeedOptions Options, PickupOptions Pickup, IReadOnlyList<ConfigurationProblem> Problems) Read(IConfigurationSection section)
    {
        var settings = new SettingsReader(section, environment?.ContentRootPath);
        settings.CheckKeys($"a {AdapterName} feed", [.. FhirFeedSettings.Keys, .. PickupOptions.Keys]);
        return (FhirFeedSettings.ReadWithoutAnswer(settings), PickupOptions.Read(settings, isLocal: true), settings.Problems);
    }
}
