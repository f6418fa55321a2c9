using Integration.Adapters.Device;
using Integration.Adapters.Dicom;
using Integration.Adapters.Fhir;
using Integration.Adapters.Gateway;
using Integration.Adapters.Hl7v2;
using Integration.Adapters.RabbitMq;
using Integration.Adapters.Sql;
using Integration.Adapters.Webhook;

namespace Integration.Host;

/// <summary>Every adapter of the product: what a configuration may name, whichever verb reads it.</summary>
internal static class Adapters
{
    public static IServiceCollection AddAdapters(this IServiceCollection services) => services
        .AddHl7v2Adapter()
        .AddFhirAdapter()
        .AddDicomAdapter()
        .AddSqlAdapter()
        .AddDeviceAdapter()
        .AddWebhookAdapter()
        .AddRabbitMqAdapter()
        .AddGatewayAdapter();
}
