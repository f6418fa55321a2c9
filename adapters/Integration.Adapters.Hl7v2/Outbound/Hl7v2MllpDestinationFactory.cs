using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Integration.Adapters.Hl7v2.Outbound;

/// <summary>Makes <c>Hl7v2.Mllp</c> destinations.</summary>
/// <param name="environment">Relative files in settings start at its content root; null: at the current folder.</param>
internal sealed class Hl7v2MllpDestinationFactory(TimeProvider time, ILoggerFactory loggers, IHostEnvironment? environment = null) : IOutboundAdapterFactory
{
    public string Name => Hl7v2MllpAdapterFactory.AdapterName;

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) =>
        Hl7DestinationSettings.Read(destination, settings, context, environment?.ContentRootPath).Problems;

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = Hl7DestinationSettings.Read(destination, settings, context, environment?.ContentRootPath);
        return problems.Count > 0
            ? throw new ConfigurationException(problems)
            : new Hl7v2MllpDestination(destination.Name, options, context.Mappings, time, loggers.CreateLogger<Hl7v2MllpDestination>());
    }
}
