using System.Globalization;
using Integration.Core.Diagnostics;
using Integration.Core.Intake.Sequences;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Intake;

/// <summary>What intake watches on one feed. The settings stand beside those of the feed's adapter, which must know their keys.</summary>
public sealed record FeedIntakeSettings
{
    /// <summary>Keys under <c>Feeds:NAME</c> that are read here, whatever the adapter.</summary>
    public static readonly IReadOnlyList<string> Keys = [nameof(GapDetection), nameof(DuplicateWindow), "Retention:Finished", "Retention:Failed", "Incidents:*"];

    /// <summary>
    /// How long a message is remembered when the same sender sends the same control id again. Seven days cover every sender that resends
    /// after an outage. A longer window risks more than it saves: a copy that is processed again changes nothing in the record, whereas a
    /// genuine message that repeats an old id with the same content is suppressed, and control ids that start over raise false conflicts.
    /// </summary>
    public static readonly TimeSpan UsualDuplicateWindow = TimeSpan.FromDays(7);

    public static readonly FeedIntakeSettings Usual = new();

    /// <summary><c>GapDetection</c>: by what lost messages are noticed.</summary>
    public GapDetection GapDetection { get; init; } = GapDetection.SequenceNumber;

    /// <summary><c>DuplicateWindow</c>, else <c>Engine:DuplicateWindow</c>. Zero: off; <see cref="TimeSpan.MaxValue"/>: unlimited.</summary>
    public TimeSpan DuplicateWindow { get; init; } = UsualDuplicateWindow;

    /// <summary>Reads a feed's settings; what cannot be used is a problem, and its default stands in.</summary>
    /// <param name="engine">Section <c>Engine</c>.</param>
    public static FeedIntakeSettings Read(IConfigurationSection feed, IConfigurationSection engine, List<ConfigurationProblem> problems) => new()
    {
        GapDetection = ReadGapDetection(feed.GetSection(nameof(GapDetection)), problems),
        DuplicateWindow = ReadWindow(feed.GetSection(nameof(DuplicateWindow)), problems) ?? ReadWindow(engine.GetSection(nameof(DuplicateWindow)), []) ?? UsualDuplicateWindow,
    };

    /// <summary>The setting of the whole engine, checked once however many feeds there are.</summary>
    public static void Check(IConfigurationSection engine, List<ConfigurationProblem> problems) => ReadWindow(engine.GetSection(nameof(DuplicateWindow)), problems);

    private static GapDetection ReadGapDetection(IConfigurationSection setting, List<ConfigurationProblem> problems)
    {
        if (setting.Value is not { } text)
        {
            return Usual.GapDetection;
        }

        if (Enum.GetNames<GapDetection>().FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return Enum.Parse<GapDetection>(known);
        }

        problems.Add(new ConfigurationProblem(setting.Path, "This is no way to detect gaps.", $"Use one of {string.Join(", ", Enum.GetNames<GapDetection>())}."));
        return Usual.GapDetection;
    }

    private static TimeSpan? ReadWindow(IConfigurationSection setting, List<ConfigurationProblem> problems)
    {
        switch (setting.Value?.Trim())
        {
            case null:
                return null;
            case var off when off.Equals("Off", StringComparison.OrdinalIgnoreCase):
                return TimeSpan.Zero;
            case var unlimited when unlimited.Equals("Unlimited", StringComparison.OrdinalIgnoreCase):
                return TimeSpan.MaxValue;

            // A bare number would be taken for days.
            case var text when text.Contains(':') && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
                && time >= TimeSpan.FromMinutes(1) && time <= TimeSpan.FromDays(3650):
                return time;
            default:
                problems.Add(new ConfigurationProblem(setting.Path, "It must be a time from 00:01:00 to 3650.00:00:00, Off or Unlimited.",
                    "Write it as days.hours:minutes:seconds, e.g. 7.00:00:00."));
                return null;
        }
    }
}

/// <summary>The intake settings of every feed. Immutable.</summary>
public sealed class IntakeSettings(IReadOnlyDictionary<string, FeedIntakeSettings> feeds)
{
    /// <summary>Those of a feed; the usual ones when it is not configured.</summary>
    public FeedIntakeSettings Of(string feed) => feeds.GetValueOrDefault(feed, FeedIntakeSettings.Usual);
}
