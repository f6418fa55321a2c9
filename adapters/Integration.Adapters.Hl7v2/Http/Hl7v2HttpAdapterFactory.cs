using Integration.Core.Feeds;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Http;

/// <summary>Makes <c>Hl7v2.Http</c> feeds.</summary>
internal sealed class Hl7v2HttpAdapterFactory(
    Func<FileLedger> ledger, IntakeBudget budget, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null)
    : InboundAdapterFactory<Hl7v2HttpOptions>(AdapterName, environment)
{
    public const string AdapterName = "Hl7v2.Http";

    protected override Hl7v2HttpOptions Read(SettingsReader settings) => Hl7v2HttpSettings.Read(settings);

    protected override IInboundAdapter Create(string feed, Hl7v2HttpOptions options, IMessageIntake intake) =>
        new Hl7v2HttpAdapter(feed, options, intake, ledger(), budget, time, loggers);
}
