using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Files;

/// <summary>Makes <c>Hl7v2.Folder</c> feeds.</summary>
internal sealed class Hl7v2FolderAdapterFactory(
    Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<FilePickupOptions>(AdapterName, environment)
{
    public const string AdapterName = "Hl7v2.Folder";

    protected override FilePickupOptions Read(SettingsReader settings)
    {
        settings.CheckKeys($"a {AdapterName} feed", FilePickupSettings.Keys);
        return FilePickupSettings.Read(settings, isLocal: true);
    }

    protected override IInboundAdapter Create(string feed, FilePickupOptions options, IMessageIntake intake) =>
        Hl7FileFormat.Feed(
            feed, options, new LocalFolder(options.Path, options.Pattern), ledger(), intake, time, loggers.CreateLogger<FilePickupAdapter>(), wakeUps);
}
