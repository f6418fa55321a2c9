using Microsoft.Extensions.Configuration.Json;

namespace Integration.Host.Security;

/// <summary>Which settings come out of files that are copied and committed.</summary>
internal static class SettingsFiles
{
    /// <summary>Name of the settings file with a value at this path; null: none has one. User secrets and mounted secret files are made for secrets and do not count.</summary>
    public static string? Holding(IConfiguration configuration, string path) =>
        (configuration as IConfigurationRoot)?.Providers.OfType<JsonConfigurationProvider>()
            .Where(provider => provider.TryGet(path, out var value) && !string.IsNullOrEmpty(value))
            .Select(provider => Path.GetFileName(provider.Source.Path))
            .FirstOrDefault(file => file?.StartsWith("appsettings", StringComparison.OrdinalIgnoreCase) == true);
}
