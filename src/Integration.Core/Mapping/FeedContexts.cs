using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Mapping;

/// <summary>The mapping context of each feed, as configured.</summary>
/// <param name="configured">By feed name.</param>
/// <param name="defaultZone">Of feeds that are no longer configured but whose messages are replayed.</param>
public sealed class FeedContexts(IReadOnlyDictionary<string, FeedContext> configured, TimeZoneInfo defaultZone)
{
    /// <summary>Feeds that set no zone of their own, and times without an offset in them.</summary>
    public const string DefaultTimeZone = "Asia/Shanghai";

    /// <summary>Names of the configured feeds, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; } = [.. configured.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The site's zone.</summary>
    public TimeZoneInfo DefaultZone { get; } = defaultZone;

    public FeedContext Of(string feed) => configured.TryGetValue(feed, out var context) ? context : new FeedContext(feed, feed, DefaultZone);

    /// <summary>The contexts of all feeds of a configuration, for tools that start none of them.</summary>
    /// <param name="problems">Gets what is wrong with their zones.</param>
    public static FeedContexts Read(IConfiguration configuration, List<ConfigurationProblem> problems)
    {
        var zone = ReadZone("Engine:TimeZone", configuration["Engine:TimeZone"], problems);
        var contexts = new Dictionary<string, FeedContext>(StringComparer.Ordinal);
        foreach (var section in configuration.GetSection("Feeds").GetChildren())
        {
            section["TimeZone"] ??= configuration["Engine:TimeZone"] ?? DefaultTimeZone;
            contexts[section.Key] = Read(section, problems);
        }

        return new FeedContexts(contexts, zone);
    }

    /// <param name="section"><c>Feeds:NAME</c>, with its zone.</param>
    internal static FeedContext Read(IConfigurationSection section, List<ConfigurationProblem> problems) =>
        new(section.Key, section["AssigningAuthority"] ?? section.Key, ReadZone($"{section.Path}:TimeZone", section["TimeZone"], problems))
        {
            Viewer = LinkTemplate.Read($"{section.Path}:ViewerUrl", section["ViewerUrl"], problems),
            Wado = ReadAddress($"{section.Path}:WadoUrl", section["WadoUrl"], problems),
        };

    private static string? ReadAddress(string place, string? text, List<ConfigurationProblem> problems)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (LinkTemplate.IsWebAddress(text))
        {
            return text.TrimEnd('/');
        }

        problems.Add(new ConfigurationProblem(place, "It must be an address of http or https.", "Write it like https://pacs.example/dicom-web."));
        return null;
    }

    internal static TimeZoneInfo ReadZone(string place, string? name, List<ConfigurationProblem> problems)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name ?? DefaultTimeZone, out var zone))
        {
            return zone;
        }

        // A machine without a time zone database still knows what China's clock is: no daylight saving since 1991.
        if (name is null or DefaultTimeZone)
        {
            return TimeZoneInfo.CreateCustomTimeZone(DefaultTimeZone, TimeSpan.FromHours(8), DefaultTimeZone, DefaultTimeZone);
        }

        problems.Add(new ConfigurationProblem(place, $"'{name}' is not a time zone this machine knows.", "Use an IANA name such as Asia/Shanghai."));
        return TimeZoneInfo.Utc;
    }
}
