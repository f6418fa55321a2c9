using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Integration.Core.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Webhook.Subscriptions;

/// <summary>Makes <c>Fhir.Subscription</c> destinations.</summary>
/// <param name="records">Asked for when something is sent.</param>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class SubscriptionDestinationFactory(
    Func<PatientRecordStore> records, TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IOutboundAdapterFactory
{
    public string Name => "Fhir.Subscription";

    public bool SendsEvents => true;

    public int MaxParallel => 32;

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) =>
        Read(destination, settings, context).Problems;

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = Read(destination, settings, context);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new SubscriptionDestination(destination.Name, options, records, time, loggers.CreateLogger<SubscriptionDestination>());
    }

    private (SubscriptionOptions Options, IReadOnlyList<ConfigurationProblem> Problems) Read(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) =>
        SubscriptionOptions.Read(destination, settings, context.TimeZone, time.GetUtcNow(), environment?.ContentRootPath);
}
