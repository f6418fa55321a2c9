using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Core.Mapping;
using Quartz;

namespace Integration.Host.Jobs;

/// <summary>When a feed is to ask.</summary>
/// <param name="Key">The setting that says so: <c>Schedule</c> or <c>Reconcile</c>.</param>
/// <param name="Times">In the zone of the feed.</param>
internal sealed record FeedSchedule(string Feed, string Key, CronExpression Times);

/// <summary>Feeds that ask at set times: <c>Feeds:NAME:Schedule</c>, in the five fields of cron, and the daily <c>Feeds:NAME:Reconcile</c>.</summary>
internal static class FeedSchedules
{
    private const string Schedule = "Schedule";
    private const string Reconcile = "Reconcile";

    /// <exception cref="ConfigurationException">A schedule cannot be read, or never comes.</exception>
    public static void Check(IConfiguration configuration)
    {
        var problems = new List<ConfigurationProblem>();
        Read(configuration, TimeProvider.System.GetUtcNow(), problems);
        if (problems.Count > 0)
        {
            throw new ConfigurationException(problems);
        }
    }

    /// <summary>The schedules of enabled feeds; what cannot be used is a problem and left out.</summary>
    /// <param name="now">A schedule must come again after it.</param>
    public static IReadOnlyList<FeedSchedule> Read(IConfiguration configuration, DateTimeOffset now, List<ConfigurationProblem> problems)
    {
        var schedules = new List<FeedSchedule>();
        foreach (var feed in configuration.GetSection("Feeds").GetChildren().Where(feed => !string.Equals(feed["Enabled"], "false", StringComparison.OrdinalIgnoreCase)))
        {
            var zone = ZoneOf(feed["TimeZone"] ?? configuration["Engine:TimeZone"] ?? FeedContexts.DefaultTimeZone);
            if (feed[Schedule] is { } text)
            {
                if (CronExpression.TryParse(text.Trim(), CronFormat.Unix, out var times) && times!.WithTimeZone(zone) is var inZone && inZone.GetNextValidTimeAfter(now) is not null)
                {
                    schedules.Add(new FeedSchedule(feed.Key, Schedule, inZone));
                }
                else
                {
                    problems.Add(new ConfigurationProblem(
                        $"{feed.Path}:{Schedule}", "It is no schedule that ever comes.",
                        "Write the five fields of cron (minute, hour, day of the month, month, day of the week), e.g. */15 7-19 * * 1-5."));
                }
            }

            // One that is wrong is a problem of the feed's own settings.
            if (TimeOnly.TryParseExact(feed[Reconcile]?.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
            {
                schedules.Add(new FeedSchedule(
                    feed.Key, Reconcile, CronExpression.Parse(string.Create(CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * *"), CronFormat.Unix).WithTimeZone(zone)));
            }
        }

        return schedules;
    }

    // A zone that is not known is a problem of the setting that names it.
    private static TimeZoneInfo ZoneOf(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
