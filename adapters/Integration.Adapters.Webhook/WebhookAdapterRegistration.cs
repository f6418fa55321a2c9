using Integration.Adapters.Webhook.Subscriptions;
using Integration.Core.Delivery;
using Integration.Core.Records;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Webhook;

/// <summary>Adds webhooks, and notifications of FHIR subscribers, to the engine.</summary>
public static class WebhookAdapterRegistration
{
    /// <summary>Adds <c>Webhook</c> and <c>Fhir.Subscription</c> destinations. Needs logging from the host.</summary>
    public static IServiceCollection AddWebhookAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Func<PatientRecordStore>>(provider => provider.GetRequiredService<PatientRecordStore>);
        services.AddSingleton<IOutboundAdapterFactory, WebhookDestinationFactory>();
        services.AddSingleton<IOutboundAdapterFactory, SubscriptionDestinationFactory>();
        return services;
    }
}
