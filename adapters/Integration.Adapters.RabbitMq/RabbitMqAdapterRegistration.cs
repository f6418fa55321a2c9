using Integration.Core.Delivery;
using Microsoft.Extensions.DependencyInjection;

namespace Integration.Adapters.RabbitMq;

/// <summary>Adds RabbitMQ to the engine.</summary>
public static class RabbitMqAdapterRegistration
{
    /// <summary>Adds <c>RabbitMq</c> destinations.</summary>
    public static IServiceCollection AddRabbitMqAdapter(this IServiceCollection services)
    {
        services.AddSingleton<IOutboundAdapterFactory, RabbitMqDestinationFactory>();
        return services;
    }
}
