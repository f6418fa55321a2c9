using Integration.Core.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Delivery;

/// <summary>Reads what every destination has, and finds everything that is wrong with it at once.</summary>
public static class DestinationSettings
{
    /// <summary>Keys that the engine reads itself. An adapter allows these beside its own.</summary>
    public static readonly IReadOnlyList<string> Keys =
        ["Adapter", "Enabled", "Messages", "From", "Feed", "Echo", "Timeout", "OnTimeout", "Retry", "CircuitBreaker"];

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <param name="section"><c>Destinations:NAME</c>.</param>
    /// <param name="feeds">Names of the configured feeds.</param>
    /// <param name="problems">Where problems are added.</param>
    public static DestinationOptions Read(IConfigurationSection section, IReadOnlyCollection<string> feeds, List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(section, problems);
        var defaults = new DestinationOptions { Name = section.Key, Feed = section.Key };
        var options = defaults with
        {
            Messages = reader.Texts("Messages"),
            From = reader.Texts("From"),
            Feed = reader.Text("Feed") ?? section.Key,
            Echo = reader.Flag("Echo", defaults.Echo),
            Timeout = reader.Time("Timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), defaults.Timeout),
            OnTimeout = reader.Choice("OnTimeout", defaults.OnTimeout),
            Retry = ReadRetry(reader.Inner("Retry"), defaults.Retry),
            CircuitBreaker = ReadCircuitBreaker(reader.Inner("CircuitBreaker"), defaults.CircuitBreaker),
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

        return options;
    }

    private static RetryOptions ReadRetry(SettingsReader reader, RetryOptions defaults)
    {
        reader.AllowOnly("First", "Max", "MaxAge", "Jitter");
        var retry = new RetryOptions
        {
            First = reader.Time("First", Shortest, TimeSpan.FromHours(1), defaults.First),
            Max = reader.Time("Max", Shortest, TimeSpan.FromDays(1), defaults.Max),
            MaxAge = reader.Time("MaxAge", TimeSpan.FromMinutes(1), TimeSpan.FromDays(365), defaults.MaxAge),
            Jitter = reader.Part("Jitter", defaults.Jitter),
        };
        if (retry.Max < retry.First)
        {
            reader.Report("Max", "It must not be shorter than First.", $"First is {retry.First:c}.");
        }

        return retry;
    }

    private static CircuitBreakerOptions ReadCircuitBreaker(SettingsReader reader, CircuitBreakerOptions defaults)
    {
        reader.AllowOnly("Failures", "Pause");
        return new()
        {
            Failures = reader.Number("Failures", 1, 1000, defaults.Failures),
            Pause = reader.Time("Pause", Shortest, TimeSpan.FromDays(1), defaults.Pause),
        };
    }
}
