using Integration.Adapters.Shared.Files;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Sql.Csv;

/// <summary>Makes <c>Csv.Folder</c> feeds.</summary>
internal sealed class CsvFolderAdapterFactory(Func<FileLedger> ledger, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<CsvFolderOptions>(AdapterName, environment)
{
    public const string AdapterName = "Csv.Folder";

    protected override CsvFolderOptions Read(SettingsReader settings) => CsvFolderOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, CsvFolderOptions options, IMessageIntake intake) => new FilePickupAdapter(
        feed, options.Pickup, new LocalFolder(options.Pickup.Path, options.Pickup.Pattern), new CsvFileFormat(feed, options, intake), ledger(), time,
        loggers.CreateLogger<FilePickupAdapter>(), wakeUps);
}
