using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2;

/// <summary>Makes <c>Hl7v2.Mllp</c> feeds.</summary>
/// <param name="ledger">Where batches are noted; null: nowhere.</param>
internal sealed class Hl7v2MllpAdapterFactory(
    IntakeBudget budget, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null, Func<FileLedger>? ledger = null)
    : InboundAdapterFactory<Hl7v2MllpOptions>(AdapterName, environment)
{
    public const string AdapterName = "Hl7v2.Mllp";

    protected override Hl7v2MllpOptions Read(SettingsReader settings) => Hl7v2MllpSettings.Read(settings);

    protected override IInboundAdapter Create(string feed, Hl7v2MllpOptions options, IMessageIntake intake) =>
        new Hl7v2MllpAdapter(feed, options, intake, budget, time, loggers.CreateLogger<Hl7v2MllpAdapter>(), ledger?.Invoke());
}
