using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Stow;

/// <summary>Makes <c>Dicom.Stow</c> feeds.</summary>
/// <param name="ledger">Asked for only when a feed is created.</param>
internal sealed class DicomStowAdapterFactory(
    Func<StudyLedger> ledger, EngineMetrics metrics, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null)
    : InboundAdapterFactory<DicomStowOptions>(AdapterName, environment)
{
    public const string AdapterName = "Dicom.Stow";

    protected override DicomStowOptions Read(SettingsReader settings) => DicomStowOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, DicomStowOptions options, IMessageIntake intake) =>
        new DicomStowAdapter(feed, options, ledger(), intake, metrics, time, loggers);
}
