using System.Collections.Concurrent;

namespace Integration.Adapters.Device;

/// <summary>The gateways that take readings now, by whose key they go. Safe for many threads.</summary>
public sealed class DeviceGateways
{
    private readonly ConcurrentDictionary<string, DeviceGateway> _byHolder = new(StringComparer.Ordinal);

    /// <summary>The gateway that the key of this holder stands for; null when there is none, or it does not take readings now.</summary>
    public DeviceGateway? Find(string holder) => _byHolder.GetValueOrDefault(holder);

    internal void Add(string holder, DeviceGateway gateway) => _byHolder[holder] = gateway;

    internal void Remove(string holder, DeviceGateway gateway) => _byHolder.TryRemove(KeyValuePair.Create(holder, gateway));
}
