using Integration.Core.Delivery;
using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.RabbitMq;

/// <summary>Makes <c>RabbitMq</c> destinations.</summary>
internal sealed class RabbitMqDestinationFactory : IOutboundAdapterFactory
{
    public string Name => "RabbitMq";

    public bool SendsEvents => true;

    public int MaxParallel => 32;

    public IReadOnlyList<ConfigurationProblem> Validate(DestinationOptions destination, IConfigurationSection settings, OutboundContext context) =>
        RabbitMqOptions.Read(settings).Problems;

    public IOutboundAdapter Create(DestinationOptions destination, IConfigurationSection settings, OutboundContext context)
    {
        var (options, problems) = RabbitMqOptions.Read(settings);
        return problems.Count > 0 ? throw new ConfigurationException(problems) : new RabbitMqDestination(destination.Name, options);
    }
}
