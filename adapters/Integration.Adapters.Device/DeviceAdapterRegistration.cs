using System.Collections.Concurrent;
using Integration.Adapters.Device.Readings;
using Integration.Core.Intake;
using Integration.Core.Parsing;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Integration.Adapters.Device;

/// <summary>Adds gateways of devices to the engine.</summary>
public static class DeviceAdapterRegistration
{
    /// <summary>Adds the parser of <c>device</c> messages and the adapter <c>Device.Http</c>. Needs <see cref="IConfiguration"/> from the host, and an address that hands over what is posted.</summary>
    public static IServiceCollection AddDeviceAdapter(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DeviceGateways>();
        services.AddSingleton<IMessageParser>(provider =>
        {
            var optionsOf = OptionsOf(provider.GetRequiredService<IConfiguration>());
            return new ReadingParser(feed => optionsOf(feed).Zone);
        });
        services.AddSingleton<IHeaderReader>(provider =>
        {
            var optionsOf = OptionsOf(provider.GetRequiredService<IConfiguration>());
            return new ReadingHeaderReader(optionsOf);
        });
        services.TryAddSingleton<Func<IBulkIntake>>(provider => provider.GetRequiredService<IBulkIntake>);
        services.AddSingleton<IInboundAdapterFactory, DeviceHttpAdapterFactory>();
        return services;
    }

    /// <summary>Settings by feed, read once each. A feed that is configured no more (old messages replayed) reads with the defaults.</summary>
    private static Func<string, DeviceFeedOptions> OptionsOf(IConfiguration configuration)
    {
        var known = new ConcurrentDictionary<string, DeviceFeedOptions>();
        return feed => known.GetOrAdd(feed, static (name, root) => DeviceFeedOptions.Read(new SettingsReader(root.GetSection($"Feeds:{name}"))), configuration);
    }
}
