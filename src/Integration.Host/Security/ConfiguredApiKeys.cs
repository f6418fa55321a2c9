using System.Text.RegularExpressions;
using Integration.Core.Diagnostics;

namespace Integration.Host.Security;

/// <summary>The keys of <c>Security:ApiKeys</c>: name of the holder to the key itself, from the environment or the command line.</summary>
internal static partial class ConfiguredApiKeys
{
    public const string Section = "Security:ApiKeys";

    /// <summary>Shorter keys can be guessed online in reasonable time.</summary>
    public const int MinKeyLength = 20;

    private const int MaxKeyLength = 200;

    /// <summary>Names and keys that hold a value; an empty value stands for no key.</summary>
    public static IReadOnlyList<(string Name, string Key)> Read(IConfiguration configuration) =>
        [.. Entries(configuration).Select(entry => (entry.Key, entry.Value!))];

    /// <summary>Everything wrong with the configured keys; empty when they can be used. Never shows a key.</summary>
    public static IReadOnlyList<ConfigurationProblem> Problems(IConfiguration configuration)
    {
        var problems = new List<ConfigurationProblem>();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in Entries(configuration))
        {
            if (SettingsFiles.Holding(configuration, entry.Path) is { } file)
            {
                problems.Add(new(entry.Path, $"The key stands in {file}, and files with settings are copied and committed.",
                    $"Remove it there, issue a new key, and pass it as the environment variable {entry.Path.Replace(":", "__", StringComparison.Ordinal)}."));
            }

            if (!NamePattern().IsMatch(entry.Key))
            {
                problems.Add(new(entry.Path, "The name of a key has 1 to 64 of the characters A-Z a-z 0-9 . _ -."));
            }

            if (entry.Value!.Length is < MinKeyLength or > MaxKeyLength || !KeyPattern().IsMatch(entry.Value))
            {
                problems.Add(new(entry.Path, $"A key has {MinKeyLength} to {MaxKeyLength} visible ASCII characters without spaces.",
                    "Make one with: openssl rand -hex 32."));
            }
            else if (!seen.TryAdd(entry.Value, entry.Key))
            {
                problems.Add(new(entry.Path, $"It is the same key as that of {seen[entry.Value]}.", "Give each holder a key of its own."));
            }
        }

        return problems;
    }

    private static IEnumerable<IConfigurationSection> Entries(IConfiguration configuration) =>
        configuration.GetSection(Section).GetChildren().Where(entry => !string.IsNullOrEmpty(entry.Value));

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[\x21-\x7E]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern();
}
