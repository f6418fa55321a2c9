using Integration.Core.Diagnostics;
using Integration.Core.Events;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Delivery;

/// <summary>Reads what every destination has, and finds everything that is wrong with it at once.</summary>
public static class DestinationSettings
{
    /// <summary>Keys that the engine reads itself. An adapter allows these beside its own.</summary>
    public static readonly IReadOnlyList<string> Keys =
        [
        "Adapter", "Enabled", "Messages", "Events", "Grants", "Sandbox", "Parallel", "MaxPerSecond", "From", "Feed", "Echo", "Timeout", "OnTimeout", "Retry:First", "Retry:Max", "Retry:MaxAge", "Retry:Jitter",
        "CircuitBreaker:Failures", "CircuitBreaker:Pause", "Downtime", "Incidents:*",
    ];

    private const int UsualParallel = 4;

    private static readonly TimeSpan EventsAreTriedFor = TimeSpan.FromHours(72);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <param name="section"><c>Destinations:NAME</c>.</param>
    /// <param name="feeds">Names of the configured feeds.</param>
    /// <param name="zone">Whose clock planned downtimes mean.</param>
    /// <param name="factory">Its kind of adapter; null when it names none that there is.</param>
    /// <param name="sandbox">Of the site.</param>
    /// <param name="problems">Where problems are added.</param>
    public static DestinationOptions Read(
        IConfigurationSection section, IReadOnlyCollection<string> feeds, TimeZoneInfo zone, IOutboundAdapterFactory? factory, SandboxMode sandbox,
        List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(section);
        var defaults = new DestinationOptions { Name = section.Key, Feed = section.Key };
        if (factory?.SendsEvents == true)
        {
            defaults = defaults with { Retry = defaults.Retry with { MaxAge = EventsAreTriedFor } };
        }

        var options = defaults with
        {
            Messages = reader.Texts("Messages"),
            Events = reader.Texts("Events"),
            Grants = ReadGrants(reader),
            Sandbox = reader.Flag("Sandbox", sandbox == SandboxMode.All || (sandbox == SandboxMode.People && factory?.ReachesPeople == true)),
            Parallel = reader.Number("Parallel", 1, factory?.MaxParallel ?? 1, Math.Min(UsualParallel, factory?.MaxParallel ?? 1)),
            MaxPerSecond = reader.Number("MaxPerSecond", 0, 10_000, defaults.MaxPerSecond),
            From = reader.Texts("From"),
            Feed = reader.Text("Feed") ?? section.Key,
            Echo = reader.Flag("Echo", defaults.Echo),
            Timeout = reader.Time("Timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), defaults.Timeout),
            OnTimeout = reader.Choice("OnTimeout", defaults.OnTimeout),
            Retry = ReadRetry(reader, defaults.Retry),
            CircuitBreaker = ReadCircuitBreaker(reader, defaults.CircuitBreaker),
            Downtime = ReadDowntime(reader, zone),
        };
        CheckWhatIsTold(reader, options, factory);
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

    private static void CheckWhatIsTold(SettingsReader reader, DestinationOptions options, IOutboundAdapterFactory? factory)
    {
        var (key, other, told, example) = factory?.SendsEvents == true
            ? ("Events", "Messages", options.Events, "appointment.*, result.critical")
            : ("Messages", "Events", options.Messages, "ADT_A08, ORU_R01");
        if (told.Count == 0)
        {
            reader.Report(key, "The destination names nothing that it wants to be told.", $"List what it wants, e.g. {example}.");
        }

        if (factory is not null && reader.Has(other))
        {
            reader.Report(other, $"{factory.Name} is told {key}.", $"Remove it, and list under {key} what it wants.");
        }

        foreach (var pattern in options.Events.Where(pattern => !EventCatalog.All.Any(type => type.Matches(pattern))))
        {
            reader.Report("Events", $"There is no event '{pattern}'.", "GET /api/v1/event-types and docs/events.md list them; appointment.* means all of a kind, * all.");
        }
    }

    private static EventGrants ReadGrants(SettingsReader reader)
    {
        var granted = new List<DataCategory>();
        foreach (var name in reader.Texts("Grants"))
        {
            if (Enum.GetNames<DataCategory>().FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known)
            {
                granted.Add(Enum.Parse<DataCategory>(known));
            }
            else
            {
                reader.Report("Grants", $"There is no category '{name}'.", $"The categories are {string.Join(", ", Enum.GetNames<DataCategory>())}.");
            }
        }

        return new EventGrants(granted);
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

    private static Downtime ReadDowntime(SettingsReader reader, TimeZoneInfo zone)
    {
        var windows = new List<DowntimeWindow>();
        foreach (var text in reader.Texts("Downtime"))
        {
            if (DowntimeWindow.Parse(text) is { } window)
            {
                windows.Add(window);
            }
            else
            {
                reader.Report("Downtime", $"'{text}' is no window of a day.", "Write from when to when, e.g. 22:30-05:30.");
            }
        }

        var downtime = new Downtime(windows, zone);
        if (downtime.IsWholeDay)
        {
            reader.Report("Downtime", "The windows leave no time of the day to send at.", "Shorten one, or leave the destination out with Enabled false.");
        }

        return downtime;
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
