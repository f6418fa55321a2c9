using Integration.Core.Devices;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Adapters.Device;

/// <summary>Makes <c>Device.Http</c> feeds.</summary>
/// <param name="bulk">Asked for only when a feed is created, as are <paramref name="bindings"/>: its settings are checked without a store.</param>
internal sealed class DeviceHttpAdapterFactory(
    DeviceGateways gateways, Func<IBulkIntake> bulk, Func<DeviceBindings> bindings, IConfiguration configuration, TimeProvider time)
    : InboundAdapterFactory<DeviceFeedOptions>(AdapterName, environment: null)
{
    public const string AdapterName = "Device.Http";

    protected override DeviceFeedOptions Read(SettingsReader settings)
    {
        var options = DeviceFeedOptions.Read(settings);
        settings.CheckKeys("a Device.Http feed", DeviceFeedOptions.Keys);
        if (configuration.GetSection("Feeds").GetChildren().FirstOrDefault(other => IsRival(other, settings.Name, options.KeyHolder)) is { } rival)
        {
            settings.Report("KeyHolder", $"Feed {rival.Key} goes by the key of the same holder.", "Give each gateway a key of its own: the key says which it is.");
        }

        return options;
    }

    protected override IInboundAdapter Create(string feed, DeviceFeedOptions options, IMessageIntake intake) => new DeviceGateway(feed, options, gateways, bulk(), bindings(), time);

    private static bool IsRival(IConfigurationSection other, string feed, string holder) =>
        other.Key != feed && string.Equals(other["Adapter"], AdapterName, StringComparison.OrdinalIgnoreCase)
        && !string.Equals(other["Enabled"], "false", StringComparison.OrdinalIgnoreCase) && (other["KeyHolder"]?.Trim() is { Length: > 0 } name ? name : other.Key) == holder;
}
