using Integration.Core.Diagnostics;
using Integration.Core.Imaging;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Dicom.Store;

/// <summary>Makes <c>Dicom.Store</c> feeds.</summary>
/// <param name="ledger">Asked for only when a feed is created.</param>
internal sealed class DicomStoreAdapterFactory(
    Func<StudyLedger> ledger, EngineMetrics metrics, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null)
    : InboundAdapterFactory<DicomStoreOptions>(AdapterName, environment)
{
    public const string AdapterName = "Dicom.Store";

    protected override DicomStoreOptions Read(SettingsReader settings) => DicomStoreOptions.Read(settings);

    protected override IInboundAdapter Create(string feed, DicomStoreOptions options, IMessageIntake intake) =>
        new DicomStoreAdapter(feed, options, ledger(), intake, metrics, time, loggers.CreateLogger<DicomStoreAdapter>());
}
