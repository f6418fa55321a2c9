using System.Collections.Frozen;

namespace Integration.Host.Security;

/// <summary>Whose keys are those of gateways of devices.</summary>
internal static class GatewayKeys
{
    /// <summary>Holders of the keys by which <c>Device.Http</c> feeds go, those not enabled too: names under <c>Security:ApiKeys</c>.</summary>
    public static FrozenSet<string> HoldersOf(IConfiguration configuration) => configuration.GetSection("Feeds").GetChildren()
        .Where(feed => string.Equals(feed["Adapter"], "Device.Http", StringComparison.OrdinalIgnoreCase))
        .Select(feed => feed["KeyHolder"]?.Trim() is { Length: > 0 } holder ? holder : feed.Key).ToFrozenSet(StringComparer.Ordinal);
}
