using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Integration.Host.Console;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Json;

namespace Integration.Host;

/// <summary>Finds settings that nobody reads: one that is misspelt would change nothing and say nothing.</summary>
internal static class KnownSettings
{
    /// <summary>Sections whose own readers find what is unknown in them.</summary>
    private static readonly string[] CheckedElsewhere =
        ["Feeds", "Destinations", "Messaging", "Delivery", "Events", "MappingSteps", "FollowUps", "Retention", "Incidents", "Export"];

    private static readonly Dictionary<string, string[]> CheckedHere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Engine"] = ["DataFolder", "MappingsFolder", "TimeZone", "DuplicateWindow", "MaxHeldMb"],
        ["Storage"] =
        [
            "Provider", "MinFreeMb", "Sqlite:Path", "Sqlite:CacheMb", "Sqlite:MaxReaders", "MongoDb:ConnectionString", "MongoDb:Database", "MongoDb:MaxReaders", "MongoDb:RetryLimit",
        ],
        ["Log"] = ["Level", "Folder"],
        [ConsoleOptions.Section] = ["TimeZone"],
        ["Security"] = ["ApiKeys:*"],
    };

    /// <summary>Read by the web server and the host that the engine runs in.</summary>
    private static readonly string[] OfTheHost = ["urls", "http_ports", "https_ports", "Kestrel", "AllowedHosts", "environment", "contentRoot", "applicationName", "webroot", "hostBuilder"];

    /// <exception cref="ConfigurationException">With every section and setting that there is not.</exception>
    /// <remarks>What the environment holds besides the engine's sections is other programs' and not looked at.</remarks>
    public static void Check(IConfigurationRoot configuration)
    {
        var problems = new List<ConfigurationProblem>();
        string[] sections = [.. CheckedElsewhere, .. CheckedHere.Keys];
        var ours = configuration.Providers.Where(p => p is JsonConfigurationProvider or CommandLineConfigurationProvider);
        foreach (var name in ours.SelectMany(p => p.GetChildKeys([], null)).Distinct(StringComparer.OrdinalIgnoreCase).Except([.. sections, .. OfTheHost], StringComparer.OrdinalIgnoreCase))
        {
            problems.Add(new ConfigurationProblem(
                name, "There is no such section.", Spelling.Suggest(name, sections) is { } nearest ? $"Did you mean {nearest}?" : $"The sections are {string.Join(", ", sections)}."));
        }

        foreach (var (section, keys) in CheckedHere)
        {
            var reader = new SettingsReader(configuration.GetSection(section));
            reader.CheckKeys($"section {section}", keys);
            problems.AddRange(reader.Problems);
        }

        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }
    }
}
