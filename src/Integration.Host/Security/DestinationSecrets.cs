using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>Keys that destinations sign with, and passwords of mail servers, stand nowhere but in the environment.</summary>
internal static class DestinationSecrets
{
    /// <exception cref="ConfigurationException">A settings file holds one.</exception>
    public static void Check(IConfiguration configuration)
    {
        var problems = configuration.GetSection("Destinations").GetChildren()
            .SelectMany(destination => destination.GetSection("Secrets").AsEnumerable().Concat(destination.GetSection("Smtp:Password").AsEnumerable()).Where(entry => !string.IsNullOrEmpty(entry.Value)))
            .Select(entry => (entry.Key, File: SettingsFiles.Holding(configuration, entry.Key)))
            .Where(found => found.File is not null)
            .Select(found => new ConfigurationProblem(found.Key, $"The key stands in {found.File}, and files with settings are copied and committed.",
                $"Remove it there, agree on a new one, and pass it as the environment variable {found.Key.Replace(":", "__", StringComparison.Ordinal)}."))
            .ToList();
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }
    }
}
