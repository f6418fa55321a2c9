using Integration.Core.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Webhook;

/// <summary>Adds webhooks to the engine.</summary>
public static class WebhookAdapterRegistration
{
    /// <summary>Adds <c>Webhook</c> destinations. Needs logging from the host.</summary>
    public static IServiceCollection AddWebhookAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IOutboundAdapterFactory, WebhookDestinationFactory>();
        return services;
    }
}
