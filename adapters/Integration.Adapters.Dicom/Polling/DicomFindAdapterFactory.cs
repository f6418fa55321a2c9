using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Makes <c>Dicom.Find</c> feeds.</summary>
/// <param name="ledger">Asked for, like the watermarks, only when a feed is created: its settings are checked without a store.</param>
internal sealed class DicomFindAdapterFactory(
    Func<StudyLedger> ledger, Func<FeedWatermarks> watermarks, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null,
    FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<DicomFindOptions>(AdapterName, environment), IPeerCheck
{
    public const string AdapterName = "Dicom.Find";

    public string Question => DicomEcho.Question;

    public Task<string?> AskPeerAsync(string feed, IConfigurationSection settings, CancellationToken cancellationToken) =>
        DicomEcho.AskAsync(feed, OptionsOf(settings).Archive, time, loggers.CreateLogger<StudyPollAdapter>(), cancellationToken);

    /// <summary>A feed by its options.</summary>
    public static StudyPollAdapter Create(
        string feed, DicomFindOptions options, StudyLedger ledger, FeedWatermarks watermarks, IMessageIntake intake, TimeProvider time, ILoggerFactory loggers,
        FeedWakeUps? wakeUps = null)
    {
        var logger = loggers.CreateLogger<StudyPollAdapter>();
        var tls = options.Archive.Tls is { } settings ? new TlsIdentity($"Feed {feed}", settings, time, logger) : null;
        var peer = options.Archive.Peer(tls);
        var poller = new StudyPoller(feed, options, stop => DicomFindSource.OpenAsync(peer, options.Patients, time, stop), ledger, watermarks, intake, time);
        return new StudyPollAdapter(feed, $"DICOM archive {options.Archive}, C-FIND", new PollTimes(options.Poll, options.IsScheduled, wakeUps), poller, tls, null, time, logger);
    }

    protected override DicomFindOptions Read(SettingsReader settings) => DicomFindOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, DicomFindOptions options, IMessageIntake intake) =>
        Create(feed, options, ledger(), watermarks(), intake, time, loggers, wakeUps);
}
