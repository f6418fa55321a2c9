using Integration.Core.Diagnostics;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Delivery;

/// <summary>Reads what every destination has, and finds everything that is wrong with it at once.</summary>
public static class DestinationSettings
{
    /// <summary>Keys that the engine reads itself. An adapter allows these beside its own.</summary>
    public static readonly IReadOnlyList<string> Keys =
        [
        "Adapter", "Enabled", "Messages", "From", "Feed", "Echo", "Timeout", "OnTimeout", "Retry:First", "Retry:Max", "Retry:MaxAge", "Retry:Jitter",
        "CircuitBreaker:Failures", "CircuitBreaker:Pause",
    ];

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <param name="section"><c>Destinations:NAME</c>.</param>
    /// <param name="feeds">Names of the configured feeds.</param>
    /// <param name="problems">Where problems are added.</param>
    public static DestinationOptions Read(IConfigurationSection section, IReadOnlyCollection<string> feeds, List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(section);
        var defaults = new DestinationOptions { Name = section.Key, Feed = section.Key };
        var options = defaults with
        {
            Messages = reader.Texts("Messages"),
            From = reader.Texts("From"),
            Feed = reader.Text("Feed") ?? section.Key,
            Echo = reader.Flag("Echo", defaults.Echo),
            Timeout = reader.Time("Timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), defaults.Timeout),
            OnTimeout = reader.Choice("OnTimeout", defaults.OnTimeout),
            Retry = ReadRetry(reader, defaults.Retry),
            CircuitBreaker = ReadCircuitBreaker(reader, defaults.CircuitBreaker),
        };
        if (options.Messages.Count == 0)
        {
            reader.Report("Messages", "The destination names nothing that it wants to be told.", "List what it wants, e.g. ADT_A08, ORU_R01.");
        }

        var known = $"The feeds are {string.Join(", ", feeds.Order(StringComparer.Ordinal))}.";
        foreach (var feed in options.From.Where(feed => !feeds.Contains(feed)))
        {
            reader.Report("From", $"There is no feed '{feed}'.", known);
        }

        if (reader.Text("Feed") is { } own && !feeds.Contains(own))
        {
            reader.Report("Feed", $"There is no feed '{own}'.", known);
        }

        problems.AddRange(reader.Problems);
        return options;
    }

    private static RetryOptions ReadRetry(SettingsReader reader, RetryOptions defaults)
    {
        var retry = new RetryOptions
        {
            First = reader.Time("Retry:First", Shortest, TimeSpan.FromHours(1), defaults.First),
            Max = reader.Time("Retry:Max", Shortest, TimeSpan.FromDays(1), defaults.Max),
            MaxAge = reader.Time("Retry:MaxAge", TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), defaults.MaxAge),
            Jitter = reader.Part("Retry:Jitter", defaults.Jitter),
        };
        if (retry.Max < retry.First)
        {
            reader.Report("Retry:Max", "It must not be shorter than First.", $"First is {retry.First:c}.");
        }

        return retry;
    }

    private static CircuitBreakerOptions ReadCircuitBreaker(SettingsReader reader, CircuitBreakerOptions defaults)
    {
        return new()
        {
            Failures = reader.Number("CircuitBreaker:Failures", 1, 1000, defaults.Failures),
            Pause = reader.Time("CircuitBreaker:Pause", Shortest, TimeSpan.FromDays(1), defaults.Pause),
        };
    }
}
