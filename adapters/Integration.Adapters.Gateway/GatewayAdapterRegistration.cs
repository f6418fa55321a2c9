using Integration.Core.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Gateway;

/// <summary>Adds gateways for messages to patients to the engine.</summary>
public static class GatewayAdapterRegistration
{
    /// <summary>Adds <c>Gateway.Http</c> and <c>Gateway.Smtp</c> destinations. Needs logging from the host and what the engine sends messages by.</summary>
    public static IServiceCollection AddGatewayAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IOutboundAdapterFactory>(provider => ActivatorUtilities.CreateInstance<GatewayDestinationFactory>(provider, "Gateway.Http"));
        services.AddSingleton<IOutboundAdapterFactory>(provider => ActivatorUtilities.CreateInstance<GatewayDestinationFactory>(provider, "Gateway.Smtp"));
        return services;
    }
}
