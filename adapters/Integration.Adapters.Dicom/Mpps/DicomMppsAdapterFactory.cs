using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Mpps;

/// <summary>Makes <c>Dicom.Mpps</c> feeds.</summary>
/// <param name="ledger">Asked for only when a feed is created.</param>
internal sealed class DicomMppsAdapterFactory(
    Func<PerformedStepLedger> ledger, EngineMetrics metrics, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null)
    : InboundAdapterFactory<DicomMppsOptions>(AdapterName, environment)
{
    public const string AdapterName = "Dicom.Mpps";

    protected override DicomMppsOptions Read(SettingsReader settings) => DicomMppsOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, DicomMppsOptions options, IMessageIntake intake) =>
        new DicomMppsAdapter(feed, options, ledger(), intake, metrics, time, loggers.CreateLogger<DicomMppsAdapter>());
}
