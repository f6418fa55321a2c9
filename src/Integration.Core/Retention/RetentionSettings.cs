using Integration.Core.Diagnostics;
using Integration.Core.Intake;
using Integration.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Integration.Core.Retention;

/// <summary>How long the messages of one feed are kept, counted from when they were received; <see cref="TimeSpan.MaxValue"/>: for ever.</summary>
/// <param name="Finished">Done, filtered and duplicate ones.</param>
/// <param name="Failed">Those in quarantine, which the record knows nothing of. Unfinished ones are never removed.</param>
public sealed record RetentionRule(TimeSpan Finished, TimeSpan Failed)
{
    /// <summary>The age at which messages of a state are removed; null: never.</summary>
    public TimeSpan? AgeOf(MessageState state)
    {
        var age = state switch
        {
            MessageState.Waiting => TimeSpan.MaxValue,
            MessageState.Failed => Failed,
            _ => Finished,
        };
        return age == TimeSpan.MaxValue ? null : age;
    }
}

/// <summary>What becomes of messages as they grow old: section <c>Retention</c>, and <c>Feeds:NAME:Retention</c>.</summary>
/// <param name="Usual">Of feeds that have no rule of their own, and of those no longer configured.</param>
/// <param name="CompressAfter">From which age the raw bytes of finished messages are compressed; <see cref="TimeSpan.MaxValue"/>: never.</param>
/// <param name="Every">Time between two rounds.</param>
public sealed record RetentionSettings(RetentionRule Usual, TimeSpan CompressAfter, TimeSpan Every, IReadOnlyDictionary<string, RetentionRule> Feeds)
{
    private const string Section = "Retention";
    private const string Unlimited = "Unlimited";
    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(36_500);

    /// <summary>A year: everything that a mapping corrected late could be replayed for. Failed messages stay until somebody decides.</summary>
    private static readonly RetentionSettings Defaults = new(
        new RetentionRule(TimeSpan.FromDays(365), TimeSpan.MaxValue), TimeSpan.FromDays(1), TimeSpan.FromHours(1), new Dictionary<string, RetentionRule>());

    /// <summary>How long events are kept, from when they were committed: at least as long as every message. <see cref="TimeSpan.MaxValue"/>: for ever.</summary>
    public TimeSpan Events { get; init; } = TimeSpan.MaxValue;

    /// <summary>Time between two rounds; the usual one when the setting cannot be used, which <see cref="EnginePlan"/> reports.</summary>
    public static TimeSpan EveryOf(IConfiguration configuration) => ReadEvery(new SettingsReader(configuration.GetSection(Section)));

    /// <summary>Of a feed.</summary>
    public RetentionRule Of(string feed) => Feeds.GetValueOrDefault(feed, Usual);

    /// <summary>Reads all of it; what cannot be used is a problem, and its default stands in.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="intake">Of every enabled feed: nothing may be removed that a duplicate is recognised by.</param>
    public static RetentionSettings Read(
        IConfiguration configuration, IReadOnlyDictionary<string, FeedIntakeSettings> intake, List<ConfigurationProblem> problems)
    {
        var reader = new SettingsReader(configuration.GetSection(Section));
        reader.CheckKeys("Retention", ["Finished", "Failed", "CompressAfter", "Every", "Events"]);
        var usual = ReadRule(reader, "", Defaults.Usual);
        var settings = new RetentionSettings(
            usual,
            reader.TimeOr("CompressAfter", "Never", TimeSpan.MaxValue, ShortestTime, LongestTime, Defaults.CompressAfter),
            ReadEvery(reader),
            intake.ToDictionary(feed => feed.Key, feed => ReadRule(new SettingsReader(configuration.GetSection($"Feeds:{feed.Key}")), Section + ":", usual, problems), StringComparer.Ordinal));
        var longest = settings.Feeds.Values.Append(usual).Max(rule => rule.Finished);
        settings = settings with { Events = reader.TimeOr("Events", Unlimited, TimeSpan.MaxValue, ShortestTime, LongestTime, longest) };
        if (settings.Events < longest)
        {
            reader.Report("Events", "Events would be removed before the messages that raised them, whose replay would then tell them again.",
                "Keep them at least as long as the messages of every feed, or leave it out.");
        }

        problems.AddRange(reader.Problems);
        foreach (var (feed, rule) in settings.Feeds)
        {
            var window = intake[feed].DuplicateWindow;
            if (window != TimeSpan.MaxValue && rule.Finished < window)
            {
                problems.Add(new ConfigurationProblem(
                    $"Feeds:{feed}:{Section}:Finished", $"Messages would be removed after {rule.Finished:c}, while duplicates of them are recognised for {window:c}.",
                    "Keep them at least as long, or shorten DuplicateWindow."));
            }
        }

        return settings;
    }

    private static TimeSpan ReadEvery(SettingsReader reader) => reader.Time("Every", ShortestTime, TimeSpan.FromDays(1), Defaults.Every);

    private static RetentionRule ReadRule(SettingsReader reader, string prefix, RetentionRule usual, List<ConfigurationProblem>? problems = null)
    {
        var rule = new RetentionRule(
            reader.TimeOr(prefix + "Finished", Unlimited, TimeSpan.MaxValue, ShortestTime, LongestTime, usual.Finished),
            reader.TimeOr(prefix + "Failed", Unlimited, TimeSpan.MaxValue, ShortestTime, LongestTime, usual.Failed));
        problems?.AddRange(reader.Problems);
        return rule;
    }
}
