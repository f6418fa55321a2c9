using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Fhir.Files;

/// <summary>Makes <c>Fhir.Folder</c> feeds.</summary>
internal sealed class FhirFolderAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<(FhirFeedOptions Feed, PickupOptions Pickup)>(AdapterName, environment)
{
    public const string AdapterName = "Fhir.Folder";

    protected override (FhirFeedOptions Feed, PickupOptions Pickup) Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {AdapterName} feed", [.. FhirFeedSettings.Keys, .. PickupOptions.Keys]);
        return (FhirFeedSettings.ReadWithoutAnswer(settings), PickupOptions.Read(settings, isLocal: true));
    }

    protected override IInboundAdapter Create(string feed, (FhirFeedOptions Feed, PickupOptions Pickup) options, IMessageIntake intake) =>
        new FilePickupAdapter(
            feed, options.Pickup, new LocalFolder(options.Pickup.Path, options.Pickup.Pattern), new FhirFileFormat(feed, options.Feed, intake), ledger(),
            time, loggers.CreateLogger<FilePickupAdapter>(), wakeUps);
}
