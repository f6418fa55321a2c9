using System.Net;
using Integration.Adapters.Shared.Polling;
using Integration.Core.Feeds;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Security;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Polling;

/// <summary>Makes <c>Dicom.Qido</c> feeds.</summary>
/// <param name="ledger">Asked for, like the watermarks, only when a feed is created: its settings are checked without a store.</param>
internal sealed class DicomQidoAdapterFactory(
    Func<StudyLedger> ledger, Func<FeedWatermarks> watermarks, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null,
    FeedWakeUps? wakeUps = null)
    : InboundAdapterFactory<DicomQidoOptions>(AdapterName, environment)
{
    public const string AdapterName = "Dicom.Qido";

    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    /// <summary>A feed by its options.</summary>
    public static StudyPollAdapter Create(
        string feed, DicomQidoOptions options, StudyLedger ledger, FeedWatermarks watermarks, IMessageIntake intake, TimeProvider time, ILoggerFactory loggers,
        FeedWakeUps? wakeUps = null)
    {
        var logger = loggers.CreateLogger<StudyPollAdapter>();
        var tls = options.Tls is null ? null : new TlsIdentity($"Feed {feed}", options.Tls, time, logger);
        var client = new HttpClient(tls?.CreateHttpHandler(CreateHandler) ?? CreateHandler()) { MaxResponseContentBufferSize = MaxAnswerBytes, Timeout = options.AnswerTimeout };
        var poller = new StudyPoller(
            feed, options, _ => Task.FromResult<IStudySource>(new DicomQidoSource(options, client, time)), ledger, watermarks, intake, time);
        return new StudyPollAdapter(feed, $"DICOMweb {options.BaseUrl.GetLeftPart(UriPartial.Path)}, QIDO-RS", new PollTimes(options.Poll, options.IsScheduled, wakeUps), poller, tls, client, time, logger);
    }

    protected override DicomQidoOptions Read(SettingsReader settings) => DicomQidoOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, DicomQidoOptions options, IMessageIntake intake) =>
        Create(feed, options, ledger(), watermarks(), intake, time, loggers, wakeUps);

    private static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All };
}
