using Integration.Adapters.Dicom.Polling;
using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Worklist;

/// <summary>Makes <c>Dicom.Worklist</c> feeds.</summary>
/// <param name="rows">Asked for, like the intake, only when a feed is created: its settings are checked without a store.</param>
internal sealed class DicomWorklistAdapterFactory(
    Func<SourceRowStore> rows, Func<IBulkIntake> bulk, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<DicomWorklistOptions>(AdapterName, environment), IPeerCheck
{
    public const string AdapterName = "Dicom.Worklist";

    public string Question => DicomEcho.Question;

    public Task<string?> AskPeerAsync(string feed, IConfigurationSection settings, CancellationToken cancellationToken) =>
        DicomEcho.AskAsync(feed, OptionsOf(settings).Server, time, loggers.CreateLogger<DicomWorklistAdapter>(), cancellationToken);

    protected override DicomWorklistOptions Read(SettingsReader settings) => DicomWorklistOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, DicomWorklistOptions options, IMessageIntake intake) =>
        new DicomWorklistAdapter(feed, options, rows(), bulk(), time, loggers.CreateLogger<DicomWorklistAdapter>(), wakeUps);
}
